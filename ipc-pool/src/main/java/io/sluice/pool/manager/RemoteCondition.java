package io.sluice.pool.manager;

import static io.sluice.pool.manager.RemoteObject.me;

import io.sluice.core.park.Waiter;
import io.sluice.shm.lock.SharedCondition;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A condition of a lock on another host. A wait is a call that waits there; a predicate is asked here.
@SuppressWarnings("WaitNotInLoop")       // the loop is the caller's
final class RemoteCondition extends SharedCondition {
    private final RemoteLocking locking;
    private final int number;

    RemoteCondition(RemoteObject object, RemoteLocking locking, int number) {
        super(object, number);
        this.locking = locking;
        this.number = number;
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
    public boolean awaitFor(BooleanSupplier predicate, long time, TimeUnit unit) throws InterruptedException {
        long deadline = Waiter.deadline(unit.toNanos(time));
        var _ = signal(0);                       // refuses a thread that does not have the lock
        Waiter.checkInterrupt();
        boolean met = predicate.getAsBoolean();
        while (!met && !Waiter.isOver(deadline)) {
            await(deadline);
            met = predicate.getAsBoolean();
        }
        return met;
    }

    private void await(long deadline) throws InterruptedException {
        if (deadline == Waiter.FOREVER) {
            await();
        } else {
            var _ = awaitNanos(deadline - System.nanoTime());
        }
    }

    @Override
    public int signal(int most) {
        return locking.lock().signal(me(), number, most);
    }

    @Override
    public int waiting() {
        return locking.lock().waiting(number);
    }
}
