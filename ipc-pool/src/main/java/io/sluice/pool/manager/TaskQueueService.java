package io.sluice.pool.manager;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What a client on another host can call of a task queue. A lease belongs to a thread of the client, so the calls that
/// take and end one carry its id.
interface TaskQueueService extends HandleService {
    void put(Object element) throws InterruptedException;

    boolean offer(Object element);

    boolean offer(Object element, long timeout, TimeUnit unit) throws InterruptedException;

    boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException;

    Object take(long thread) throws InterruptedException;

    Object poll(long thread);

    Object poll(long thread, long timeout, TimeUnit unit) throws InterruptedException;

    void taskDone(long thread);

    void giveBack(long thread);

    boolean hasLease(long thread);

    int deliveries(long thread);

    void leaseTimeout(Duration timeout);

    void join() throws InterruptedException;

    boolean join(long timeout, TimeUnit unit) throws InterruptedException;

    int size();

    int leased();

    long givenBack();

    void shutdown();

    int shutdownNow();

    boolean isShutdown();
}
