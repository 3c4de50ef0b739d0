package io.sluice.pool.manager;

import java.util.concurrent.TimeUnit;

/// What a client on another host can call of a semaphore: methods of `SharedSemaphore`.
interface SemaphoreService extends HandleService {
    void acquire(int permits) throws InterruptedException;

    void acquireUninterruptibly(int permits);

    boolean tryAcquire(int permits);

    boolean tryAcquire(int permits, long timeout, TimeUnit unit) throws InterruptedException;

    void release(int permits);

    void handOver(int permits);

    int drainPermits();

    void reducePermits(int reduction);

    int getQueueLength();

    int availablePermits();

    int outstandingPermits();

    int heldPermits();
}
