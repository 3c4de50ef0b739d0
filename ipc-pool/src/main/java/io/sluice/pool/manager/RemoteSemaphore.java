package io.sluice.pool.manager;

import io.sluice.shm.semaphore.SharedSemaphore;
import java.io.Serial;
import java.util.concurrent.TimeUnit;

/// A semaphore on another host. The server keeps an account for this process there.
final class RemoteSemaphore extends SharedSemaphore {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient SemaphoreService semaphore;

    RemoteSemaphore(RemoteObject object) {
        super(object);
        this.semaphore = object.as(SemaphoreService.class);
    }

    private SemaphoreService semaphore() {
        checkOpen();
        return semaphore;
    }

    @Override
    public void acquire(int permits) throws InterruptedException {
        semaphore().acquire(permits);
    }

    @Override
    public void acquireUninterruptibly(int permits) {
        semaphore().acquireUninterruptibly(permits);
    }

    @Override
    public boolean tryAcquire(int permits) {
        return semaphore().tryAcquire(permits);
    }

    @Override
    public boolean tryAcquire(int permits, long timeout, TimeUnit unit) throws InterruptedException {
        return semaphore().tryAcquire(permits, timeout, unit);
    }

    @Override
    public void release(int permits) {
        semaphore().release(permits);
    }

    @Override
    public void handOver(int permits) {
        semaphore().handOver(permits);
    }

    @Override
    public int drainPermits() {
        return semaphore().drainPermits();
    }

    @Override
    public void reducePermits(int reduction) {
        semaphore().reducePermits(reduction);
    }

    @Override
    public int getQueueLength() {
        return semaphore().getQueueLength();
    }

    @Override
    public int availablePermits() {
        return semaphore().availablePermits();
    }

    @Override
    public int outstandingPermits() {
        return semaphore().outstandingPermits();
    }

    @Override
    public int heldPermits() {
        return semaphore().heldPermits();
    }
}
