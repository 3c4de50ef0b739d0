package io.sluice.pool.manager;

import static io.sluice.pool.manager.RemoteObject.me;

import io.sluice.core.error.ClosedException;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import java.io.Serial;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A task queue on another host. The server leases elements for this process, and offers them again at its end.
@SuppressWarnings("unchecked")       // what was put in comes out
final class RemoteTaskQueue<E> extends SharedTaskQueue<E> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient RemoteObject object;
    private final transient TaskQueueService queue;
    private final transient AtomicBoolean closed = new AtomicBoolean();

    RemoteTaskQueue(RemoteObject object) {
        super(object);
        this.object = object;
        this.queue = object.as(TaskQueueService.class);
    }

    private TaskQueueService queue() {
        if (closed.get()) {
            throw new ClosedException("task queue '%s': this handle was closed".formatted(name()));
        }
        return queue;
    }

    @Override
    public String name() {
        return object.name();
    }

    @Override
    public int capacity() {
        return object.argument();
    }

    @Override
    public SharedTaskQueue<E> maxDeliveries(int most, SharedQueue<E> letters) {
        throw new UnsupportedOperationException(("task queue '%s' is on another host, where the queue '%s' is not; set"
                + " a limit in the consumers of that host, or look at deliveries()").formatted(name(), letters.name()));
    }

    @Override
    public SharedTaskQueue<E> leaseTimeout(Duration timeout) {
        queue().leaseTimeout(timeout);
        return this;
    }

    @Override
    public boolean hasLease() {
        return queue().hasLease(me());
    }

    @Override
    public int deliveries() {
        return queue().deliveries(me());
    }

    @Override
    public void put(E element) throws InterruptedException {
        queue().put(Objects.requireNonNull(element, "element"));
    }

    @Override
    public boolean offer(E element) {
        return queue().offer(Objects.requireNonNull(element, "element"));
    }

    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return queue().offer(Objects.requireNonNull(element, "element"), timeout, unit);
    }

    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return queue().awaitReady(timeout, unit);
    }

    @Override
    public E take() throws InterruptedException {
        return (E) queue().take(me());
    }

    @Override
    public E poll() {
        return (E) queue().poll(me());
    }

    @Override
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return (E) queue().poll(me(), timeout, unit);
    }

    @Override
    public void taskDone() {
        queue().taskDone(me());
    }

    @Override
    public void giveBack() {
        queue().giveBack(me());
    }

    @Override
    public void join() throws InterruptedException {
        queue().join();
    }

    @Override
    public boolean join(long timeout, TimeUnit unit) throws InterruptedException {
        return queue().join(timeout, unit);
    }

    @Override
    public int size() {
        return queue().size();
    }

    @Override
    public int leased() {
        return queue().leased();
    }

    @Override
    public long givenBack() {
        return queue().givenBack();
    }

    @Override
    public void shutdown() {
        queue().shutdown();
    }

    @Override
    public int shutdownNow() {
        return queue().shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return queue().isShutdown();
    }

    @Override
    public boolean isLinked() {
        return queue().isLinked();
    }

    @Override
    public boolean unlink() {
        return queue().unlink();
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            object.close();
        }
    }

    @Override
    public ObjectReference reference() {
        return object.reference();
    }

    @Override
    public String toString() {
        return "RemoteTaskQueue[%s, %s]".formatted(name(), isClosed() ? "closed" : object);
    }

    @Serial
    private Object writeReplace() {
        return object.travelling();
    }
}
