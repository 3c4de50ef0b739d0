package io.sluice.pool.manager;

import io.sluice.shm.lock.SharedCondition;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A condition of a lock on another host. A wait is a call that waits there; a predicate is asked here.
@SuppressWarnings("WaitNotInLoop")       // the loop is the caller's
final class RemoteCondition extends SharedCondition {
    private final RemoteLocking locking;
    private final int number;

    RemoteCondition(RemoteObject object, RemoteLocking locking, int number) {
        super(object);
        this.locking = locking;
        this.number = number;
    }

    private static long me() {
        return RemoteLocking.me();
    }

    @Override
    public void await() throws InterruptedException {
        locking.lock().await(me(), number);
    }

    @Override
    public void awaitUninterruptibly() {
        locking.lock().awaitUninterruptibly(me(), number);
    }

    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        return locking.lock().awaitNanos(me(), number, nanosTimeout);
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return locking.lock().await(me(), number, time, unit);
    }

    @Override
    public boolean awaitFor(BooleanSupplier predicate, Duration timeout) throws InterruptedException {
        return awaitFor(predicate, TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);     // saturates
    }

    @Override
    public boolean awaitFor(BooleanSupplier predicate, long time, TimeUnit unit) throws InterruptedException {
        if (locking.holds() == 0) {
            var _ = signal(0);               // says who has the lock
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long left = unit.toNanos(time);
        boolean met = predicate.getAsBoolean();
        while (!met && left > 0) {
            left = awaitNanos(left);
            met = predicate.getAsBoolean();
        }
        return met;
    }

    @Override
    public void signal() {
        var _ = signal(1);
    }

    @Override
    public int signal(int most) {
        return locking.lock().signal(me(), number, most);
    }

    @Override
    public void signalAll() {
        var _ = signal(Integer.MAX_VALUE);
    }

    @Override
    public int waiting() {
        return locking.lock().waiting(number);
    }
}
