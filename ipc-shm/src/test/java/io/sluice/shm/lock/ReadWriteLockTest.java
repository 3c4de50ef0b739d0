package io.sluice.shm.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.memory.AllocationMeter;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Party;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Threads;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.lock.LockOptions.OnOwnerDeath;
import io.sluice.shm.lock.LockOptions.OnOwnerDeath;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a read-write lock promises to threads of this and of another process.
@SuppressWarnings("LockNotBeforeTry")   // what is held, and when, is the subject
class ReadWriteLockTest extends HandleTest {
    private static Lock side(SharedReadWriteLock lock, boolean write) {
        return write ? lock.writeLock() : lock.readLock();
    }

    /// A process that has taken a side. @return its thread
    private static long takeIn(Peer peer, String home, boolean write) {
        return peer.call(desk -> {
            side(desk.space(home).readWriteLock("rw"), write).lock();
            return Thread.currentThread().threadId();
        });
    }

    /// Readers never see a half-done write, and writers lose no increment.
    @ParameterizedTest
    @EnumSource(Other.class)
    void readersSeeWholeWritesOnly(Other other) {
        String home = root;
        int steps = 3000;
        Job<Long> write = desk -> {
            SharedReadWriteLock lock = desk.space(home).readWriteLock("rw");
            SharedLongArray pair = desk.space(home).longArray("pair", 2);
            for (int i = 0; i < steps; i++) {
                lock.writeLock().lock();
                pair.set(0, pair.get(0) + 1);
                pair.set(1, pair.get(1) + 1);
                lock.writeLock().unlock();
            }
            return 0L;
        };
        Job<Long> read = desk -> {
            SharedReadWriteLock lock = desk.space(home).readWriteLock("rw");
            SharedLongArray pair = desk.space(home).longArray("pair", 2);
            long torn = 0;
            for (int i = 0; i < steps; i++) {
                lock.readLock().lock();
                torn += pair.get(0) == pair.get(1) ? 0 : 1;
                lock.readLock().unlock();
            }
            return torn;
        };
        SharedReadWriteLock lock = space.readWriteLock("rw");
        Party there = party(other);
        Party here = threads();
        List<Reply<Long>> replies =
                List.of(there.start(write), here.start(write), there.start(read), here.start(read));
        assertThat(replies).allMatch(reply -> reply.get() == 0);
        assertThat(space.longArray("pair", 2).toArray()).containsOnly(2L * steps);
        assertThat(lock.readers()).isZero();
        assertThat(lock.writer()).isEmpty();
    }

    /// Readers of two processes read together; a writer gets the lock after the last one, and keeps later readers out.
    @Test
    void manyReadOrOneWrites() {
        String home = root;
        SharedReadWriteLock lock = space.readWriteLock("rw");
        assertThat(lock.isLocked()).isFalse();
        lock.readLock().lock();
        assertThat(lock.isLocked()).isTrue();
        lock.readLock().lock();
        Reply<Object> reader = peer().start(desk -> {
            SharedReadWriteLock there = desk.space(home).readWriteLock("rw");
            there.readLock().lock();
            desk.tell(there.toString());
            desk.space(home).event("go").await();
            there.readLock().unlock();
            return null;
        });
        assertThat(reader.told()).isEqualTo("SharedReadWriteLock[rw, 3 readers]");
        assertThat(lock.readers()).isEqualTo(3);
        Reply<String> writer = threads().<String>start(desk -> {
            desk.tellWhenWaiting();
            lock.writeLock().lock();
            String state = lock.isLocked() + " " + lock;
            lock.writeLock().unlock();
            return state;
        }).awaitWaiting();
        assertThat(lock.writer()).isPresent();
        assertThat(peer().<Boolean>call(desk -> desk.space(home).readWriteLock("rw").readLock().tryLock())).isFalse();
        lock.readLock().lock();                 // again is always possible
        for (int i = 0; i < 3; i++) {
            assertThat(writer.isDone()).isFalse();
            lock.readLock().unlock();
        }
        space.event("go").set();
        reader.get();
        assertThat(writer.get()).startsWith("true SharedReadWriteLock[rw, writer: thread ")
                .endsWith(" of process %d]".formatted(ProcessHandle.current().pid()));
    }

    /// A writer may lock both sides again, and keep its read when the write has ended; a reader may not begin to write.
    @Test
    void aWriterMayReadAndAReaderMayNotWrite() throws InterruptedException {
        String home = root;
        SharedReadWriteLock lock = space.readWriteLock("rw");
        lock.writeLock().lock();
        assertThat(lock.writeLock().tryLock()).isTrue();
        lock.readLock().lock();
        lock.writeLock().unlock();
        assertThat(peer().<Boolean>call(desk -> desk.space(home).readWriteLock("rw").readLock().tryLock())).isFalse();
        lock.writeLock().unlock();
        assertThat(lock.readers()).isEqualTo(1);
        assertThat(peer().<Boolean>call(desk -> {
            Lock read = desk.space(home).readWriteLock("rw").readLock();
            boolean taken = read.tryLock();
            read.unlock();
            return taken;
        })).isTrue();
        List<ThrowingCallable> writes = List.of(
                lock.writeLock()::lock, lock.writeLock()::lockInterruptibly);
        for (ThrowingCallable write : writes) {
            assertThatThrownBy(write)
                    .isInstanceOf(IllegalMonitorStateException.class)
                    .hasMessage("lock 'rw': this thread reads, and would wait for itself to write; end the read first,"
                            + " and look again at what was read");
        }
        assertThat(lock.writeLock().tryLock()).isFalse();
        assertThat(lock.writeLock().tryLock(2, TimeUnit.MILLISECONDS)).isFalse();
        lock.readLock().unlock();
    }

    /// A thread that does not hold a side cannot unlock it; there are no conditions.
    @Test
    void aThreadThatDoesNotHoldTheLockCannotUnlock() {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        Reply<Object> holder = threads().start(desk -> {
            lock.readLock().lock();
            desk.tell("reads");
            return null;
        });
        holder.told();
        assertThatThrownBy(lock.readLock()::unlock)
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("lock 'rw': unlock of its read lock by thread %d, which does not have it"
                        .formatted(Thread.currentThread().threadId()));
        assertThatThrownBy(lock.writeLock()::unlock).isInstanceOf(IllegalMonitorStateException.class);
        assertThat(lock.readers()).isEqualTo(1);
        for (boolean write : new boolean[] {false, true}) {
            assertThatThrownBy(side(lock, write)::newCondition)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("a read-write lock has no conditions; use a SharedReentrantLock");
        }
    }

    /// Interrupts and time-outs of both sides, while another process writes.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timeOutsAndInterruptsEndTheWaitsOfBothSides(boolean write) throws InterruptedException {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        Peer writer = sandbox.peer();
        takeIn(writer, root, true);
        Lock side = side(lock, write);
        assertThat(side.tryLock()).isFalse();
        assertThat(side.tryLock(0, TimeUnit.DAYS)).isFalse();
        assertThat(side.tryLock(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        long start = System.nanoTime();
        assertThat(side.tryLock(30, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
        for (ThrowingCallable wait : List.<ThrowingCallable>of(
                side::lockInterruptibly, () -> side.tryLock(1, TimeUnit.DAYS), () -> side.tryLock(0, TimeUnit.DAYS))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(wait).isInstanceOf(InterruptedException.class);
        }
        Reply<Object> waiting = threads().<Object>start(desk -> {
            desk.tellWhenWaiting();
            side.lockInterruptibly();
            return null;
        }).awaitWaiting();
        waiting.interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        Reply<Boolean> deaf = threads().<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            side.lock();
            side.unlock();
            return Thread.interrupted();
        }).awaitWaiting();
        deaf.interrupt();
        assertThat(writer.start(desk -> {
            desk.close();
            return null;
        }).get()).isNull();
        assertThat(deaf.failure()).isInstanceOf(LockPoisonedException.class);   // it closed its last handle
        assertThat(lock.recover(() -> {})).isTrue();
        assertThat(side.tryLock(1, TimeUnit.DAYS)).isTrue();
        side.unlock();
    }

    /// A reader that is killed is forgotten; the writer that waited for it goes on, and nothing is poisoned.
    @Test
    void aKilledReaderIsForgotten() {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        Peer reader = sandbox.peer();
        takeIn(reader, root, false);
        Reply<Object> writer = threads().<Object>start(desk -> {
            desk.tellWhenWaiting();
            lock.writeLock().lock();
            lock.writeLock().unlock();
            return null;
        }).awaitWaiting();
        reader.close();
        writer.get();
        assertThat(lock.readers()).isZero();
        assertThat(lock.isPoisoned()).isFalse();
    }

    /// A writer that is killed while it waits for readers leaves nothing behind.
    @Test
    void aKilledWriterThatStillWaitedLeavesNothing() {
        String home = root;
        SharedReadWriteLock lock = space.readWriteLock("rw");
        lock.readLock().lock();
        Peer writer = sandbox.peer();
        writer.start(desk -> {
            desk.tellWhenWaiting();
            desk.space(home).readWriteLock("rw").writeLock().lock();
            return null;
        }).awaitWaiting();
        writer.close();
        space.sweep();
        assertThat(lock.isPoisoned()).isFalse();
        lock.readLock().unlock();
        assertThat(lock.writeLock().tryLock()).isTrue();
        lock.writeLock().unlock();
    }

    /// A writer that is killed poisons the lock for readers and writers, tries included, until it is repaired.
    @Test
    void aKilledWriterPoisonsTheLock() {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        Peer writer = sandbox.peer();
        long thread = takeIn(writer, root, true);
        Reply<Object> reader = threads().<Object>start(desk -> {
            desk.tellWhenWaiting();
            lock.readLock().lock();
            return null;
        }).awaitWaiting();
        writer.close();
        assertThat(reader.failure()).isInstanceOf(LockPoisonedException.class);
        for (boolean write : new boolean[] {false, true}) {
            Lock side = side(lock, write);
            for (ThrowingCallable method : List.<ThrowingCallable>of(
                    side::lock, side::lockInterruptibly, side::tryLock, () -> side.tryLock(0, TimeUnit.DAYS),
                    () -> side.tryLock(1, TimeUnit.DAYS))) {
                assertThatThrownBy(method)
                        .isInstanceOf(LockPoisonedException.class)
                        .hasMessageContaining("lock 'rw' is poisoned: process %d died".formatted(writer.pid()));
            }
        }
        assertThat(lock).hasToString("SharedReadWriteLock[rw, poisoned by thread %d of process %d]"
                .formatted(thread, writer.pid()));
        assertThat(lock.recover(() -> assertThat(lock.readers()).isZero())).isTrue();
        assertThat(lock.recover(() -> {})).isFalse();
        assertThat(lock.readLock().tryLock()).isTrue();
        lock.readLock().unlock();
        assertThat(lock.readers()).isZero();
    }

    /// A reader's try is enough to repair under that policy, and to go on where deaths are ignored.
    @Test
    void aTryOfAReaderFollowsThePolicy() {
        int[] repairs = new int[1];
        LockOptions options = LockOptions.repair(() -> repairs[0]++);
        SharedReadWriteLock lock = space.readWriteLock("rw", options);
        SharedReadWriteLock careless = space.readWriteLock("careless", LockOptions.ignore());
        String home = root;
        Peer writer = sandbox.peer();
        writer.call(desk -> {
            LockOptions usual = LockOptions.defaults();
            desk.space(home).readWriteLock("rw", new LockOptions(
                    OnOwnerDeath.REPAIR, null, usual.conditionWaiters())).writeLock().lock();
            desk.space(home).readWriteLock("careless", LockOptions.ignore()).writeLock().lock();
            return null;
        });
        writer.close();
        space.sweep();
        assertThat(lock.readLock().tryLock()).isTrue();
        assertThat(repairs[0]).isEqualTo(1);
        assertThat(lock.readers()).isEqualTo(1);
        assertThat(lock.writer()).isEmpty();
        assertThat(careless.readLock().tryLock()).isTrue();
        lock.readLock().unlock();
        careless.readLock().unlock();
    }

    /// Closed handles refuse, their waits end, mismatches are reported, and a handle that travelled is the same lock.
    @Test
    void aHandleTravelsAndEnds() {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        try (SharedReadWriteLock same = travelled(lock)) {
            same.writeLock().lock();
            assertThat(lock.writer()).contains(
                    new LockOwner(ProcessHandle.current().pid(), Thread.currentThread().threadId()));
            assertThat(peer().<Boolean>call(desk -> {
                boolean taken = lock.readLock().tryLock();
                lock.close();
                return taken;
            })).isFalse();
            Threads threads = threads();
            List<Reply<Object>> waits = List.of(
                    threads.<Object>start(desk -> {
                        desk.tellWhenWaiting();
                        lock.readLock().lock();
                        return null;
                    }).awaitWaiting(),
                    threads.<Object>start(desk -> {
                        desk.tellWhenWaiting();
                        lock.writeLock().lock();
                        return null;
                    }).awaitWaiting());
            lock.close();
            lock.close();
            for (Reply<Object> wait : waits) {
                assertThat(wait.failure())
                        .isInstanceOf(ClosedException.class).hasMessage("lock 'rw': this handle was closed");
            }
            same.writeLock().unlock();
        }
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                lock.readLock()::lock, lock.readLock()::tryLock, lock.readLock()::unlock,
                () -> lock.readLock().tryLock(1, TimeUnit.DAYS), lock.readLock()::lockInterruptibly,
                lock.writeLock()::lock, lock.writeLock()::tryLock, lock.writeLock()::unlock,
                () -> lock.writeLock().tryLock(1, TimeUnit.DAYS), lock.writeLock()::lockInterruptibly,
                lock::isPoisoned, lock::readers, lock::writer, () -> lock.recover(() -> {}))) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class)
                    .hasMessageContaining("'rw'").hasMessageContaining("this handle was closed");
        }
        assertThat(lock).hasToString("SharedReadWriteLock[rw, closed]");
        assertThatThrownBy(() -> space.readWriteLock("rw", LockOptions.ignore()))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("onOwnerDeath: expected IGNORE, found POISON");
        assertThatThrownBy(() -> space.lock("rw"))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("kind: expected LOCK, found READ_WRITE_LOCK");
    }

    /// Neither side allocates, once a thread has read.
    @Test
    void aFreeLockCostsNoAllocation() {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        Lock read = lock.readLock();
        Lock write = lock.writeLock();
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            read.lock();
            read.unlock();
            write.lock();
            write.unlock();
        })).isZero();
    }
}
