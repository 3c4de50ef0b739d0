package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.park.ThreadParking;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An observer sees the threads that wait long.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LongWaitsTest {
    private final Area area = new Area(ReadWriteMutex.bytes());
    private final ThreadParking parking = new ThreadParking(true);
    private final List<Thread> threads = new ArrayList<>();

    private Mutex lock(int owner) {
        return new Mutex("test", area.address, Mutex.bytes(0), parking, Area.owner(owner),
                Mutex.Options.poison(true, PARK));
    }

    private ReadWriteMutex readWriteLock(int owner) {
        return new ReadWriteMutex("test", area.address, parking, Area.owner(owner), Mutex.Options.poison(true, PARK));
    }

    private LockLook look() {
        return new LockLook(area.address, Mutex.bytes(0));
    }

    private Thread start(Runnable work) {
        Thread thread = Thread.ofPlatform().daemon().start(work);
        threads.add(thread);
        return thread;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @AfterEach
    void free() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(area.isGuardWhole()).isTrue();
        area.close();
    }

    /// Holder and waiter, each by process and thread; nothing is left when the wait is over.
    @Test
    void aWaiterSignsAndErasesItsSignature() throws InterruptedException {
        Mutex holder = lock(1);
        Mutex waiter = lock(2);
        holder.lock();
        Thread waiting = start(() -> {
            waiter.lock();
            waiter.unlock();
        });
        await(() -> !look().waiters().isEmpty());
        assertThat(look().waiters()).containsExactly(new LockLook.Party(2, waiting.threadId(), false));
        assertThat(look().isHeld()).isTrue();
        assertThat(look().owner()).isEqualTo(1);
        assertThat(look().thread()).isEqualTo(Thread.currentThread().threadId());
        holder.unlock();
        waiting.join();
        assertThat(look().waiters()).isEmpty();
        assertThat(look().isHeld()).isFalse();
        assertThat(look().acquisitions()).isEqualTo(2);
    }

    /// A wait that is given up leaves nothing either; of more waiters than places, the others wait without.
    @Test
    void moreWaitersThanPlaces() {
        Mutex holder = lock(1);
        holder.lock();
        int many = LockLayout.SIGNATURES + 3;
        for (int i = 0; i < many; i++) {
            Mutex waiter = lock(2 + i);
            start(() -> {
                waiter.lock();
                waiter.unlock();
            });
        }
        await(() -> look().waiters().size() == LockLayout.SIGNATURES);
        Thread impatient = start(() -> {
            try {
                assertThat(lock(100).tryLock(TimeUnit.MILLISECONDS.toNanos(50))).isFalse();
            } catch (InterruptedException never) {
                throw new AssertionError(never);
            }
        });
        await(() -> !impatient.isAlive());
        holder.unlock();
        await(() -> look().waiters().isEmpty());
    }

    /// The signature of a dead waiter goes with its recovery, and the others stay.
    @Test
    void recoveryErasesTheDeadOnes() {
        assertThat(LongWaits.sign(area.address, LockWord.of(5, 40))).isNotNegative();
        int place = LongWaits.sign(area.address, LockWord.of(6, 40));
        Mutex.recover(area.address, Mutex.bytes(0), 5, 4711, DeathPolicy.POISON, parking);
        assertThat(look().waiters()).containsExactly(new LockLook.Party(6, 40, false));
        LongWaits.erase(area.address, place, LockWord.of(6, 40));
        assertThat(look().waiters()).isEmpty();
    }

    /// A reader that waits for a writer, and a writer that waits for readers.
    @Test
    void readersAndWriters() throws InterruptedException {
        ReadWriteMutex writer = readWriteLock(1);
        ReadWriteMutex reader = readWriteLock(2);
        assertThat(writer.tryWrite()).isTrue();
        Thread reading = start(() -> {
            try {
                assertThat(reader.read(Long.MAX_VALUE)).isTrue();
                reader.endRead();
            } catch (InterruptedException never) {
                throw new AssertionError(never);
            }
        });
        await(() -> !look().waiters().isEmpty());
        assertThat(look().waiters()).containsExactly(new LockLook.Party(2, reading.threadId(), true));
        writer.endWrite();
        reading.join();
        assertThat(reader.tryRead()).isTrue();
        assertThat(look().readers()).startsWith(0, 0, 1);
        Thread writing = start(() -> {
            try {
                assertThat(writer.write(Long.MAX_VALUE)).isTrue();
                writer.endWrite();
            } catch (InterruptedException never) {
                throw new AssertionError(never);
            }
        });
        await(() -> look().isArriving());
        assertThat(look().thread()).isEqualTo(writing.threadId());
        reader.endRead();
    }
}
