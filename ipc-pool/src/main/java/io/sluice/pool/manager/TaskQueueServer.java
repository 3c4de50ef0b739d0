package io.sluice.pool.manager;

import io.sluice.core.owner.Closing;
import io.sluice.shm.queue.SharedTaskQueue;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A handle of a task queue that the server holds for one client on another host. Each thread of the client that has
/// leases has a deputy, which takes and acknowledges.
final class TaskQueueServer implements TaskQueueService, Deputies.Handle {
    private final SharedTaskQueue<Object> queue;
    private final Deputies deputies;

    TaskQueueServer(SharedTaskQueue<Object> queue, Deputies deputies) {
        this.queue = queue;
        this.deputies = deputies;
        deputies.add(this);
    }

    @Override
    public boolean isHolding() {
        return queue.hasLease();
    }

    @Override
    public void put(Object element) throws InterruptedException {
        queue.put(element);
    }

    @Override
    public boolean offer(Object element) {
        return queue.offer(element);
    }

    @Override
    public boolean offer(Object element, long timeout, TimeUnit unit) throws InterruptedException {
        return queue.offer(element, timeout, unit);
    }

    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return queue.awaitReady(timeout, unit);
    }

    /// Ends a lease: the oldest one of the thread, or of another one, whose deputy may not be needed any more.
    private void end(long thread, Runnable end) {
        boolean own = deputies.callUninterruptibly(thread, () -> {
            boolean holding = queue.hasLease();
            end.run();
            return holding;
        });
        if (!own) {
            deputies.lookAgain();
        }
    }

    @Override
    public Object take(long thread) throws InterruptedException {
        return deputies.call(thread, queue::take);
    }

    @Override
    public Object poll(long thread) {
        return deputies.callUninterruptibly(thread, queue::poll);
    }

    @Override
    public Object poll(long thread, long timeout, TimeUnit unit) throws InterruptedException {
        return deputies.call(thread, () -> queue.poll(timeout, unit));
    }

    @Override
    public void taskDone(long thread) {
        end(thread, queue::taskDone);
    }

    @Override
    public void giveBack(long thread) {
        end(thread, queue::giveBack);
    }

    @Override
    public boolean hasLease(long thread) {
        return deputies.callIfPresent(thread, queue::hasLease, false);
    }

    @Override
    public int deliveries(long thread) {
        return deputies.callUninterruptibly(thread, queue::deliveries);
    }

    @Override
    public void leaseTimeout(Duration timeout) {
        var _ = queue.leaseTimeout(timeout);
    }

    @Override
    public void join() throws InterruptedException {
        queue.join();
    }

    @Override
    public boolean join(long timeout, TimeUnit unit) throws InterruptedException {
        return queue.join(timeout, unit);
    }

    @Override
    public int size() {
        return queue.size();
    }

    @Override
    public int leased() {
        return queue.leased();
    }

    @Override
    public long givenBack() {
        return queue.givenBack();
    }

    @Override
    public void shutdown() {
        queue.shutdown();
    }

    @Override
    public int shutdownNow() {
        return queue.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return queue.isShutdown();
    }

    @Override
    public boolean isLinked() {
        return queue.isLinked();
    }

    @Override
    public boolean unlink() {
        return queue.unlink();
    }

    @Override
    public void close() {
        new Closing().then(queue).then(() -> deputies.remove(this)).end();
    }
}
