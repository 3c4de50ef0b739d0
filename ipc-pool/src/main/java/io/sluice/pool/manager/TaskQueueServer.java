package io.sluice.pool.manager;

import io.sluice.core.owner.Closing;
import io.sluice.shm.queue.SharedTaskQueue;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A handle of a task queue that the server holds for one client on another host. Each thread of the client that has
/// leases has a deputy, which takes and acknowledges.
final class TaskQueueServer implements TaskQueueService {
    private final SharedTaskQueue<Object> queue;
    /// How many leases each thread of the client has, unless another one has ended some.
    private final Map<Long, Integer> leases = new ConcurrentHashMap<>();
    private final Deputies deputies = new Deputies(leases::containsKey);

    TaskQueueServer(SharedTaskQueue<Object> queue) {
        this.queue = queue;
    }

    Deputies deputies() {
        return deputies;
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

    private Object leased(long thread, Callable<Object> take) throws InterruptedException {
        return deputies.call(thread, () -> counted(thread, take.call()));
    }

    private Object counted(long thread, Object element) {
        if (element != null) {
            leases.merge(thread, 1, Integer::sum);
        }
        return element;
    }

    private void ended(long thread, Runnable end) {
        deputies.callUninterruptibly(thread, () -> {
            end.run();
            var _ = leases.computeIfPresent(thread, (_, count) -> count == 1 ? null : count - 1);
            return null;
        });
    }

    @Override
    public Object take(long thread) throws InterruptedException {
        return leased(thread, queue::take);
    }

    @Override
    public Object poll(long thread) {
        return deputies.callUninterruptibly(thread, () -> counted(thread, queue.poll()));
    }

    @Override
    public Object poll(long thread, long timeout, TimeUnit unit) throws InterruptedException {
        return leased(thread, () -> queue.poll(timeout, unit));
    }

    @Override
    public void taskDone(long thread) {
        ended(thread, queue::taskDone);
    }

    @Override
    public void giveBack(long thread) {
        ended(thread, queue::giveBack);
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
        new Closing().then(deputies).then(queue).end();
    }
}
