package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.park.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of a read-write lock, in one thread that plays several processes.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadWriteMutexTest {
    private static final int DEAD = 2;
    private static final long MILLI = 1_000_000;
    private static final String CLOSED = "lock 'test': this handle was closed";

    private final Area area = new Area(ReadWriteMutex.bytes());
    private final ScriptedParking parking = new ScriptedParking();
    private final ReadWriteMutex lock = view(1);
    private final ReadWriteMutex other = view(DEAD);

    private ReadWriteMutex view(int owner) {
        return view(owner, Mutex.Options.poison(true, PARK));
    }

    private ReadWriteMutex view(int owner, Mutex.Options options) {
        return new ReadWriteMutex("test", area.address, parking, Area.owner(owner), options);
    }

    private void die(DeathPolicy policy) {
        ReadWriteMutex.recover(area.address, DEAD, 4711, policy, parking);
    }

    private static long past() {
        return Waiter.deadline(0);
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        CrashHook.script(null);
        area.close();
    }

    /// Readers of all processes read together, each as often as it likes.
    @Test
    void manyRead() throws InterruptedException {
        assertThat(lock.read(Waiter.FOREVER)).isTrue();
        assertThat(lock.tryRead()).isTrue();
        assertThat(other.read(past())).isTrue();
        assertThat(view(1023).tryRead()).isTrue();
        assertThat(lock.readers()).isEqualTo(4);
        assertThat(lock.readHolds()).isEqualTo(2);
        assertThat(other.readHolds()).isEqualTo(1);
        assertThat(lock.writers().isLocked()).isFalse();
        lock.endRead();
        lock.endRead();
        other.endRead();
        assertThat(lock.readers()).isEqualTo(1);
        assertThatThrownBy(lock::endRead).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("lock 'test': unlock of its read lock by thread %d, which does not have it",
                        Thread.currentThread().threadId());
        assertThat(lock.readers()).isEqualTo(1);
    }

    /// A writer excludes readers and writers, and readers exclude writers.
    @Test
    void aWriterExcludesAll() throws InterruptedException {
        assertThat(other.write(Waiter.FOREVER)).isTrue();
        assertThat(lock.tryRead()).isFalse();
        assertThat(lock.read(past())).isFalse();
        assertThat(lock.write(past())).isFalse();
        assertThat(lock.readers()).isZero();
        assertThat(other.write(Waiter.FOREVER)).isTrue();
        other.endWrite();
        assertThat(lock.tryRead()).isFalse();
        other.endWrite();
        assertThat(lock.tryRead()).isTrue();
        assertThat(other.write(past())).isFalse();
        assertThat(other.writers().isLocked()).isFalse();
        lock.endRead();
        assertThat(other.write(past())).isTrue();
    }

    /// Readers and writers wait for each other, and time-outs are not early.
    @Test
    void readersAndWritersWait() throws InterruptedException {
        assertThat(other.write(past())).isTrue();
        parking.then(() -> {}).then(other::endWrite);
        assertThat(lock.read(Waiter.FOREVER)).isTrue();
        assertThat(lock.writers().isLocked()).isFalse();
        parking.then(() -> {
            assertThat(other.writers().isLocked()).isTrue();      // keeps others out while it waits
            lock.endRead();
        });
        assertThat(other.write(Waiter.FOREVER)).isTrue();
        assertThat(other.writers().isHeldByCurrentThread()).isTrue();
        parking.always(() -> {});
        long start = System.nanoTime();
        assertThat(lock.read(start + 2 * MILLI)).isFalse();
        assertThat(lock.write(start + 4 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(4 * MILLI);
        other.endWrite();
        assertThat(lock.tryRead()).isTrue();
        start = System.nanoTime();
        assertThat(other.write(start + 2 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * MILLI);
        assertThat(other.writers().isLocked()).isFalse();
    }

    /// A writing thread may read, and go on reading after it has ended its write.
    @Test
    void aWriterMayBecomeAReader() throws InterruptedException {
        assertThat(lock.write(past())).isTrue();
        assertThat(lock.read(past())).isTrue();
        assertThat(lock.write(past())).isTrue();
        lock.endWrite();
        lock.endWrite();
        assertThat(lock.readHolds()).isEqualTo(1);
        assertThat(other.tryRead()).isTrue();
        other.endRead();
        assertThat(other.write(past())).isFalse();
        lock.endRead();
        assertThat(other.write(past())).isTrue();
    }

    /// A reader may not wait for itself, and a try returns false; the read goes on.
    @Test
    void aReaderIsRefusedToWrite() throws InterruptedException {
        assertThat(lock.tryRead()).isTrue();
        assertThatThrownBy(() -> lock.write(Waiter.FOREVER)).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("lock 'test': this thread reads, and would wait for itself to write; end the read first,"
                        + " and look again at what was read");
        assertThat(lock.tryWrite()).isFalse();
        assertThat(lock.write(past())).isFalse();
        parking.always(() -> {});
        assertThat(lock.write(Waiter.deadline(1_000_000))).isFalse();
        assertThat(lock.readHolds()).isEqualTo(1);
        assertThat(lock.writers().isLocked()).isFalse();
    }

    /// A waiting writer keeps new readers out, but not threads that read already, which would be a deadlock.
    @Test
    void aReaderReadsAgainWhileAWriterWaits() throws InterruptedException {
        assertThat(lock.tryRead()).isTrue();
        parking.then(() -> {
            assertThat(view(3).tryRead()).isFalse();
            assertThat(lock.tryRead()).isTrue();
            assertThat(lock.readHolds()).isEqualTo(2);
            lock.endRead();
            lock.endRead();
        });
        assertThat(other.write(Waiter.FOREVER)).isTrue();
        assertThat(lock.readers()).isZero();
    }

    /// All reads of a dead process are cleared; a writer that waits for them goes on.
    @Test
    void theReadsOfADeadProcessAreCleared() throws InterruptedException {
        assertThat(other.tryRead()).isTrue();
        assertThat(other.tryRead()).isTrue();
        assertThat(lock.readers()).isEqualTo(2);
        parking.then(() -> die(DeathPolicy.POISON));
        assertThat(lock.write(Waiter.FOREVER)).isTrue();
        assertThat(lock.readers()).isZero();
        assertThat(lock.writers().isPoisoned()).isFalse();
    }

    /// The waiting writer sweeps.
    @Test
    void aWaitingWriterSweepsItself() throws InterruptedException {
        assertThat(other.tryRead()).isTrue();
        parking.always(() -> {});
        ReadWriteMutex looking = new ReadWriteMutex("test", area.address, parking,
                Area.owner(1, () -> die(DeathPolicy.POISON)), Mutex.Options.poison(true, PARK));
        assertThat(looking.write(Waiter.FOREVER)).isTrue();
    }

    /// A writer that only waited has changed nothing.
    @Test
    void aWriterThatDiesWhileItWaitsPoisonsNothing() throws InterruptedException {
        ReadWriteMutex reader = view(3);
        assertThat(reader.tryRead()).isTrue();
        new Reaper(1, area).kills(() -> other.write(Waiter.FOREVER));
        assertThat(lock.writers().isLocked()).isTrue();
        assertThat(lock.tryRead()).isFalse();
        die(DeathPolicy.POISON);
        assertThat(lock.writers().isPoisoned()).isFalse();
        assertThat(lock.writers().deaths()).isZero();
        assertThat(lock.tryRead()).isTrue();
        lock.endRead();
        reader.endRead();
        assertThat(lock.write(past())).isTrue();
    }

    /// A writer that dies while it writes poisons the lock: every read and write is refused until it is repaired,
    /// waiting or not.
    @Test
    void aWriterThatDiesPoisons() throws InterruptedException {
        assertThat(other.write(past())).isTrue();
        assertThat(other.tryRead()).isTrue();
        die(DeathPolicy.POISON);
        assertThat(lock.writers().isPoisoned()).isTrue();
        assertThat(lock.readers()).isZero();
        List<Reaper.Work> calls = List.of(() -> lock.read(Waiter.FOREVER), () -> lock.read(past()), lock::tryRead,
                () -> lock.write(Waiter.FOREVER), () -> lock.write(past()));
        for (Reaper.Work call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(LockPoisonedException.class)
                    .hasMessageStartingWith("lock 'test' is poisoned: process 4711 died while its thread ");
            assertThat(lock.readHolds()).isZero();
            assertThat(lock.readers()).isZero();
        }
        assertThat(lock.writers().recover(() -> {})).isTrue();
        assertThat(lock.tryRead()).isTrue();
    }

    /// With REPAIR the next reader or writer repairs alone, and then reads or writes.
    @Test
    void theNextHolderRepairsAlone() throws InterruptedException {
        List<String> repairs = new ArrayList<>();
        ReadWriteMutex repairing = view(1, new Mutex.Options(true, DeathPolicy.REPAIR,
                () -> repairs.add(lock.readers() + " read, " + view(3).tryRead()), PARK));
        List<Reaper.Work> calls = List.of(() -> assertThat(repairing.read(Waiter.FOREVER)).isTrue(),
                () -> assertThat(repairing.read(past())).isTrue(), () -> assertThat(repairing.tryRead()).isTrue(),
                () -> assertThat(repairing.write(Waiter.FOREVER)).isTrue(),
                () -> assertThat(repairing.write(past())).isTrue());
        for (int i = 0; i < calls.size(); i++) {
            assertThat(other.write(past())).isTrue();
            die(DeathPolicy.REPAIR);
            try {
                calls.get(i).run();
            } catch (Exception failure) {
                throw new AssertionError("call " + i, failure);
            }
            assertThat(repairs).hasSize(i + 1).containsOnly("0 read, false");
            if (i < 3) {
                assertThat(repairing.readHolds()).isEqualTo(1);
                assertThat(repairing.writers().isLocked()).isFalse();
                repairing.endRead();
            } else {
                repairing.endWrite();
            }
        }
    }

    /// An interrupt ends a wait of either kind, and leaves nothing behind.
    @Test
    void anInterruptEndsAWait() throws InterruptedException {
        assertThat(other.write(past())).isTrue();
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> lock.read(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> lock.write(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        other.endWrite();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lock.write(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(other.tryRead()).isTrue();
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> lock.write(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(lock.writers().isLocked()).isFalse();
        assertThat(lock.readers()).isEqualTo(1);
    }

    /// A closed view throws, also in the middle of a wait; its holds are given back.
    @Test
    void aClosedViewThrows() throws InterruptedException {
        ReadWriteMutex waiting = view(3);
        assertThat(other.write(past())).isTrue();
        parking.then(waiting::close);
        assertThatThrownBy(() -> waiting.read(Waiter.FOREVER)).hasMessage(CLOSED);
        other.endWrite();
        assertThat(lock.tryRead()).isTrue();
        ReadWriteMutex writing = view(4);
        parking.then(writing::close);
        assertThatThrownBy(() -> writing.write(Waiter.FOREVER)).hasMessage(CLOSED);
        assertThat(lock.writers().isLocked()).isFalse();
        lock.close();
        lock.endRead();
        assertThat(other.readers()).isZero();
        assertThatThrownBy(lock::tryRead).hasMessage(CLOSED);
        assertThatThrownBy(lock::endRead).isInstanceOf(ClosedException.class).hasMessage(CLOSED);
        assertThatThrownBy(() -> lock.write(past())).hasMessage(CLOSED);
        assertThat(other.write(past())).isTrue();
    }
}
