package io.sluice.pool.manager;

import io.sluice.shm.lock.LockOwner;
import io.sluice.shm.lock.SharedCondition;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What the locks of another host have in common: calls of the server, for the calling thread.
final class RemoteLocking {
    private static final int CONDITIONS = 16;

    private final RemoteObject object;
    private final LockService lock;
    private final Runnable check;

    /// @param check refuses to go on after the close of the handle
    RemoteLocking(RemoteObject object, Runnable check) {
        this.object = object;
        this.lock = object.as(LockService.class);
        this.check = check;
    }

    /// The lock, for a handle that is open.
    LockService lock() {
        check.run();
        return lock;
    }

    static long me() {
        return Thread.currentThread().threadId();
    }

    void take() {
        lock().lock(me());
    }

    void takeInterruptibly() throws InterruptedException {
        lock().lockInterruptibly(me());
    }

    boolean tryTake() {
        return lock().tryLock(me());
    }

    boolean tryTake(long time, TimeUnit unit) throws InterruptedException {
        return lock().tryLock(me(), time, unit);
    }

    void release() {
        lock().unlock(me());
    }

    int holds() {
        return lock().holds(me());
    }

    Optional<LockOwner> owner() {
        long[] owner = lock().owner();
        return owner == null ? Optional.empty() : Optional.of(new LockOwner(owner[0], owner[1]));
    }

    boolean recover(Runnable repair) {
        Objects.requireNonNull(repair, "repair");
        LockService poisoned = lock();
        if (!poisoned.beginRecovery(me())) {
            return false;
        }
        boolean repaired = false;
        try {
            repair.run();
            repaired = true;
            return true;
        } finally {
            poisoned.endRecovery(me(), repaired);
        }
    }

    SharedCondition condition(int number) {
        if (number < 0 || number >= CONDITIONS) {
            throw new IllegalArgumentException("lock '%s': condition %,d is not between 0 and %d"
                    .formatted(object.name(), number, CONDITIONS - 1));
        }
        return new RemoteCondition(object, this, number);
    }
}
