package io.sluice.pool.manager;

import io.sluice.shm.lock.LockOwner;
import io.sluice.shm.lock.SharedCondition;
import io.sluice.shm.lock.SharedReentrantLock;
import java.io.Serial;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A reentrant lock on another host. A thread of the server there stands for each thread here that has it or waits.
final class RemoteReentrantLock extends SharedReentrantLock {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient RemoteLocking locking;

    RemoteReentrantLock(RemoteObject object) {
        super(object);
        this.locking = new RemoteLocking(object, this::checkOpen);
    }

    @Override
    public void lock() {
        locking.take();
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        locking.takeInterruptibly();
    }

    @Override
    public boolean tryLock() {
        return locking.tryTake();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return locking.tryTake(time, unit);
    }

    @Override
    public void unlock() {
        locking.release();
    }

    @Override
    public SharedCondition condition(int number) {
        return locking.condition(number);
    }

    @Override
    public boolean isLocked() {
        return locking.lock().isLocked();
    }

    @Override
    public boolean isHeldByCurrentThread() {
        return locking.holds() > 0;
    }

    @Override
    public int holdCount() {
        return locking.holds();
    }

    @Override
    public boolean isPoisoned() {
        return locking.lock().isPoisoned();
    }

    @Override
    public Optional<LockOwner> owner() {
        return locking.owner();
    }

    @Override
    public long acquisitions() {
        return locking.lock().acquisitions();
    }

    @Override
    public int ownerDeaths() {
        return locking.lock().ownerDeaths();
    }

    @Override
    public boolean recover(Runnable repair) {
        return locking.recover(repair);
    }
}
