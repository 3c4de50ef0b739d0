package io.sluice.pool.manager;

import static io.sluice.pool.manager.RemoteObject.me;

import io.sluice.core.owner.Closing;
import io.sluice.shm.lock.LockOwner;
import io.sluice.shm.lock.SharedCondition;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What the locks of another host have in common: calls of the server, for the calling thread.
final class RemoteLocking {
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
        Closing recovery = new Closing().then(repair::run);
        boolean repaired = recovery.isClean();
        recovery.then(() -> poisoned.endRecovery(me(), repaired)).end();
        return true;
    }

    SharedCondition condition(int number) {
        return new RemoteCondition(object, this, number);
    }
}
