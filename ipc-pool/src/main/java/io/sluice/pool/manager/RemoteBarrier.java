package io.sluice.pool.manager;

import io.sluice.shm.barrier.SharedBarrier;
import java.io.Serial;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A barrier on another host. An arrival is a call that waits there.
final class RemoteBarrier extends SharedBarrier {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient BarrierService barrier;
    private final transient RemoteObject object;

    RemoteBarrier(RemoteObject object) {
        super(object);
        this.barrier = object.as(BarrierService.class);
        this.object = object;
    }

    private BarrierService barrier() {
        checkOpen();
        return barrier;
    }

    @Override
    public int await() throws InterruptedException, BrokenBarrierException {
        return barrier().await();
    }

    @Override
    public int await(long timeout, TimeUnit unit)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        return barrier().await(timeout, unit);
    }

    @Override
    public int getParties() {
        return object.argument();
    }

    @Override
    public int getNumberWaiting() {
        return barrier().getNumberWaiting();
    }

    @Override
    public boolean isBroken() {
        return barrier().isBroken();
    }

    @Override
    public void reset() {
        barrier().reset();
    }

    @Override
    public void abort() {
        barrier().abort();
    }
}
