package io.sluice.shm.death;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.value.SharedValue;

/// One object of each kind, as one process sees them, and the invariants that hold whichever process dies.
final class SyncThings {
    static final int PERMITS = 3;

    /// Numbers that are all the same while the record is whole.
    record Triple(long first, long second, long third) {
        static Triple of(long number) {
            return new Triple(number, number, number);
        }

        boolean isWhole() {
            return first == second && second == third;
        }
    }

    // Places in the array of numbers.
    private static final int LOCKED = 0;
    private static final int SOLE = 8;
    private static final int WRITTEN = 16;
    private static final int TOKENS = 24;
    private static final int ROOM = 4;
    private static final int LENGTH = 32;

    final SharedReentrantLock lock;
    final SharedReadWriteLock readWriteLock;
    final SharedSemaphore semaphore;
    final SharedSemaphore sole;
    final SharedEvent event;
    final SharedCountDownLatch latch;
    final SharedValue<Triple> value;
    final SharedLongArray numbers;
    private final SharedSpace space;

    SyncThings(SharedSpace space) {
        this.space = space;
        lock = space.reentrantLock("lock");
        readWriteLock = space.readWriteLock("read-write-lock");
        semaphore = space.semaphore("semaphore", SemaphoreOptions.bounded(PERMITS));
        sole = space.semaphore("sole", SemaphoreOptions.bounded(1));
        event = space.event("event");
        latch = space.countDownLatch("latch", 1);
        value = space.value("value", Codec.ofRecord(Triple.class), Triple.of(0));
        numbers = space.longArray("numbers", LENGTH);
    }

    /// The barrier is opened only on demand, since each process that opens it becomes a party.
    SharedBarrier barrier() {
        return space.barrier("barrier", 2);
    }

    private static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String what) {
            super(what);
        }
    }

    /// Takes a lock that may be poisoned; what it guards is repaired then.
    private void locked(Runnable repair, Runnable work) {
        for (;;) {
            try (var _ = lock.hold()) {
                work.run();
                return;
            } catch (LockPoisonedException poisoned) {
                lock.recover(repair);
            }
        }
    }

    /// Two numbers that differ only while one thread changes them, and a stamp that no other thread may overwrite.
    private void alone(int at, long me) {
        if (numbers.getVolatile(at) != numbers.getVolatile(at + 1)) {
            throw new Violation("a half-done change that was not reported");
        }
        numbers.setVolatile(at + 2, me);
        numbers.getAndAdd(at, 1);
        Thread.onSpinWait();
        numbers.getAndAdd(at + 1, 1);
        if (numbers.getVolatile(at + 2) != me) {
            throw new Violation("two at once");
        }
    }

    private void repair(int at) {
        numbers.setVolatile(at + 1, numbers.getVolatile(at));
    }

    void lockOnce(long me) {
        locked(() -> repair(LOCKED), () -> alone(LOCKED, me));
    }

    /// One permit is a lock whose holder's death is not reported, so each holder repairs a half-done change.
    void soleOnce(long me) throws InterruptedException {
        sole.acquire();
        repair(SOLE);
        alone(SOLE, me);
        sole.release();
    }

    void permitsOnce(int count) throws InterruptedException {
        semaphore.acquire(count);
        if (semaphore.availablePermits() > PERMITS - count) {
            throw new Violation("more permits than there are");
        }
        semaphore.release(count);
    }

    void readOnce() {
        try {
            readWriteLock.readLock().lock();
        } catch (LockPoisonedException poisoned) {
            readWriteLock.recover(() -> repair(WRITTEN));
            return;
        }
        try {
            if (numbers.getVolatile(WRITTEN) != numbers.getVolatile(WRITTEN + 1)) {
                throw new Violation("a reader beside a writer");
            }
        } finally {
            readWriteLock.readLock().unlock();
        }
    }

    void writeOnce(long me) {
        try {
            readWriteLock.writeLock().lock();
        } catch (LockPoisonedException poisoned) {
            readWriteLock.recover(() -> repair(WRITTEN));
            return;
        }
        try {
            alone(WRITTEN, me);
        } finally {
            readWriteLock.writeLock().unlock();
        }
    }

    /// Puts a token where there is room, or takes one where there is one; waits for it a while.
    @SuppressWarnings("WaitNotInLoop")     // awaitFor is the loop
    void tokenOnce(boolean puts) throws InterruptedException {
        var condition = lock.condition(puts ? 0 : 1);
        var other = lock.condition(puts ? 1 : 0);
        try (var _ = lock.hold()) {
            long before = numbers.getVolatile(TOKENS);
            if (before < 0 || before > ROOM) {
                throw new Violation(before + " tokens");
            }
            boolean goes = condition.awaitFor(
                    () -> puts ? numbers.getVolatile(TOKENS) < ROOM : numbers.getVolatile(TOKENS) > 0,
                    java.time.Duration.ofMillis(20));
            if (goes) {
                numbers.getAndAdd(TOKENS, puts ? 1 : -1);
                other.signal();
            }
        } catch (LockPoisonedException poisoned) {
            lock.recover(() -> repair(LOCKED));
        }
    }

    void valueOnce(boolean writes, long number) {
        if (writes) {
            value.set(Triple.of(number));
        } else if (!value.get().isWhole()) {
            throw new Violation("a torn value");
        }
    }

    /// Every one of them can be used again, and nothing is missing.
    void useAll(long me) throws InterruptedException {
        lockOnce(me);
        permitsOnce(PERMITS);
        soleOnce(me);
        for (int i = 0; i < 2; i++) {     // the first one may only repair
            readOnce();
            writeOnce(me);
        }
        valueOnce(false, 0);
        valueOnce(true, me);
        event.set();
        event.await();
        event.clear();
        latch.countDown();
        latch.await();
    }

    void checkNothingIsMissing() {
        if (semaphore.availablePermits() != PERMITS || semaphore.outstandingPermits() != 0
                || sole.availablePermits() != 1 || sole.outstandingPermits() != 0) {
            throw new Violation("permits: " + semaphore + ", " + sole);
        }
        if (lock.isPoisoned() || lock.isLocked() || readWriteLock.readers() != 0) {
            throw new Violation("locks: " + lock + ", " + readWriteLock);
        }
    }
}
