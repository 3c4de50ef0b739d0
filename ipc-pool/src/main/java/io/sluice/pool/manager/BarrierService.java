package io.sluice.pool.manager;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What a client on another host can call of a barrier: methods of `SharedBarrier`.
interface BarrierService extends HandleService {
    int await() throws InterruptedException, BrokenBarrierException;

    int await(long timeout, TimeUnit unit) throws InterruptedException, BrokenBarrierException, TimeoutException;

    int getNumberWaiting();

    boolean isBroken();

    void reset();

    void abort();
}
