package io.sluice.pool.manager;

import io.sluice.core.owner.Closing;
import io.sluice.shm.lock.LockOwner;
import io.sluice.shm.lock.SharedCondition;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.space.ObjectHandle;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// A handle of a lock that the server holds for one client on another host. Each thread of the client has a deputy,
/// which takes the lock and waits on its conditions. All handles of the lock that the client has share the deputies: in
/// shared memory, too, a thread has the lock by whichever handle of its process it took it.
final class LockServer implements LockService, Deputies.Handle {
    private final Lock lock;
    private final ObjectHandle handle;
    private final State state;
    private final IntFunction<SharedCondition> conditions;
    private final Predicate<Runnable> recovery;
    private final Deputies deputies;

    /// What both kinds of locks tell, and their common type does not.
    private record State(IntSupplier holds, BooleanSupplier isLocked, BooleanSupplier isPoisoned,
            Supplier<Optional<LockOwner>> owner, LongSupplier acquisitions, IntSupplier ownerDeaths) {}

    LockServer(SharedLock lock, Deputies deputies) {
        this(lock, lock, new State(() -> lock.isHeldByCurrentThread() ? 1 : 0, lock::isLocked, lock::isPoisoned,
                lock::owner, lock::acquisitions, lock::ownerDeaths), lock::condition, lock::recover, deputies);
    }

    LockServer(SharedReentrantLock lock, Deputies deputies) {
        this(lock, lock, new State(lock::holdCount, lock::isLocked, lock::isPoisoned,
                lock::owner, lock::acquisitions, lock::ownerDeaths), lock::condition, lock::recover, deputies);
    }

    private LockServer(Lock lock, ObjectHandle handle, State state, IntFunction<SharedCondition> conditions,
            Predicate<Runnable> recovery, Deputies deputies) {
        this.lock = lock;
        this.handle = handle;
        this.state = state;
        this.conditions = conditions;
        this.recovery = recovery;
        this.deputies = deputies;
        deputies.add(this);
    }

    @Override
    public boolean isHolding() {
        return state.holds.getAsInt() > 0;
    }

    @Override
    public void lock(long thread) {
        deputies.callUninterruptibly(thread, () -> {
            lock.lock();
            return null;
        });
    }

    @Override
    public void lockInterruptibly(long thread) throws InterruptedException {
        deputies.call(thread, () -> {
            lock.lockInterruptibly();
            return null;
        });
    }

    @Override
    public boolean tryLock(long thread) {
        return deputies.callUninterruptibly(thread, lock::tryLock);
    }

    @Override
    public boolean tryLock(long thread, long time, TimeUnit unit) throws InterruptedException {
        return deputies.call(thread, () -> lock.tryLock(time, unit));
    }

    @Override
    public void unlock(long thread) {
        deputies.callUninterruptibly(thread, () -> {
            lock.unlock();
            return null;
        });
    }

    @Override
    public int holds(long thread) {
        return deputies.callIfPresent(thread, state.holds::getAsInt, 0);
    }

    @Override
    public boolean isLocked() {
        return state.isLocked.getAsBoolean();
    }

    @Override
    public boolean isPoisoned() {
        return state.isPoisoned.getAsBoolean();
    }

    @Override
    public long[] owner() {
        return state.owner.get().map(owner -> new long[] {owner.pid(), owner.threadId()}).orElse(null);
    }

    @Override
    public long acquisitions() {
        return state.acquisitions.getAsLong();
    }

    @Override
    public int ownerDeaths() {
        return state.ownerDeaths.getAsInt();
    }

    @Override
    public boolean beginRecovery(long thread) {
        return deputies.keep(thread, recovery);
    }

    @Override
    public void endRecovery(long thread, boolean repaired) {
        deputies.release(thread, repaired);
    }

    @Override
    @SuppressWarnings("WaitNotInLoop")       // the loop is the client's
    public void await(long thread, int condition) throws InterruptedException {
        deputies.call(thread, () -> {
            conditions.apply(condition).await();
            return null;
        });
    }

    @Override
    @SuppressWarnings("WaitNotInLoop")       // as above
    public void awaitUninterruptibly(long thread, int condition) {
        deputies.callUninterruptibly(thread, () -> {
            conditions.apply(condition).awaitUninterruptibly();
            return null;
        });
    }

    @Override
    @SuppressWarnings("WaitNotInLoop")       // as above
    public long awaitNanos(long thread, int condition, long nanos) throws InterruptedException {
        return deputies.call(thread, () -> conditions.apply(condition).awaitNanos(nanos));
    }

    @Override
    @SuppressWarnings("WaitNotInLoop")       // as above
    public boolean await(long thread, int condition, long time, TimeUnit unit) throws InterruptedException {
        return deputies.call(thread, () -> conditions.apply(condition).await(time, unit));
    }

    @Override
    public int signal(long thread, int condition, int most) {
        return deputies.callUninterruptibly(thread, () -> conditions.apply(condition).signal(most));
    }

    @Override
    public int waiting(int condition) {
        return conditions.apply(condition).waiting();
    }

    @Override
    public boolean isLinked() {
        return handle.isLinked();
    }

    @Override
    public boolean unlink() {
        return handle.unlink();
    }

    @Override
    public void close() {
        new Closing().then(handle).then(() -> deputies.remove(this)).end();
    }
}
