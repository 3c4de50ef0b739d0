package io.sluice.cluster;

import com.hazelcast.collection.IQueue;
import io.sluice.core.codec.CodecException;
import io.sluice.core.park.Waiter;
import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A queue of a [ClusterManager]: elements are bytes in the engine.
///
/// - **Threads:** any.
///
/// @param <E> type of the elements
final class ClusterQueue<E> extends AbstractQueue<E> implements BlockingQueue<E> {
    /*
     * The engine answers an interrupt of a call that waits only when it makes the call again, after a minute; and a
     * call that its caller has given up goes on at the other member, and its element is lost. So no call waits for
     * longer than a slice, and interrupts are answered between two of them.
     */
    private static final long SLICE_MILLIS = 250;

    private final IQueue<byte[]> queue;
    private final Access access;

    ClusterQueue(IQueue<byte[]> queue, Access access) {
        this.queue = queue;
        this.access = access;
    }

    @Override
    public boolean offer(E element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> queue.offer(bytes));
    }

    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return offerUntil(element, Waiter.deadline(unit.toNanos(timeout)));
    }

    @Override
    public void put(E element) throws InterruptedException {
        var _ = offerUntil(element, Waiter.FOREVER);
    }

    private boolean offerUntil(E element, long deadline) throws InterruptedException {
        byte[] bytes = access.bytes(element);
        for (;;) {
            Waiter.checkInterrupt();
            long millis = nextMillis(deadline);
            if (access.await(() -> queue.offer(bytes, millis, TimeUnit.MILLISECONDS))) {
                return true;
            }
            if (millis < SLICE_MILLIS) {
                return false;            // the call ended at the deadline
            }
        }
    }

    /// How long the next call may wait.
    private static long nextMillis(long deadline) {
        return deadline == Waiter.FOREVER ? SLICE_MILLIS
                : Math.clamp(Math.ceilDiv(deadline - System.nanoTime(), 1_000_000L), 0, SLICE_MILLIS);
    }

    @Override
    public E poll() {
        return access.value(access.call(queue::poll));
    }

    @Override
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return pollUntil(Waiter.deadline(unit.toNanos(timeout)));
    }

    @Override
    public E take() throws InterruptedException {
        return pollUntil(Waiter.FOREVER);
    }

    private E pollUntil(long deadline) throws InterruptedException {
        for (;;) {
            Waiter.checkInterrupt();
            long millis = nextMillis(deadline);
            byte[] taken = access.await(() -> queue.poll(millis, TimeUnit.MILLISECONDS));
            if (taken != null || millis < SLICE_MILLIS) {
                return access.value(taken);
            }
        }
    }

    @Override
    public E peek() {
        return access.value(access.call(queue::peek));
    }

    @Override
    public int remainingCapacity() {
        return access.call(queue::remainingCapacity);
    }

    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /// Takes elements. One that is unreadable here is dropped: the others are added, and its exception is thrown then.
    @Override
    @SuppressWarnings("ReferenceEquality") // that is the question
    public int drainTo(Collection<? super E> target, int most) {
        Objects.requireNonNull(target, "target");
        if (target == this) {
            throw new IllegalArgumentException(access + ": a queue does not drain into itself");
        }
        List<byte[]> drained = new ArrayList<>();
        int count = most <= 0 ? 0 : access.call(() -> queue.drainTo(drained, most));
        CodecException unreadable = null;
        for (byte[] bytes : drained) {
            try {
                target.add(access.value(bytes));
            } catch (CodecException failure) {       // the others are taken already
                if (unreadable == null) {
                    unreadable = failure;
                } else {
                    unreadable.addSuppressed(failure);
                }
            }
        }
        if (unreadable != null) {
            throw unreadable;
        }
        return count;
    }

    @Override
    public boolean contains(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> queue.contains(bytes));
    }

    @Override
    public boolean remove(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> queue.remove(bytes));
    }

    private List<E> all() {
        return access.call(() -> access.values(queue.toArray()));
    }

    @Override
    public Iterator<E> iterator() {
        return new Snapshot<>(access + ": no element to remove; call next first", all(), this::remove);
    }

    /// Of the elements that are there now: their number does not change on the way.
    @Override
    public Spliterator<E> spliterator() {
        return all().spliterator();
    }

    @Override
    public Object[] toArray() {
        return all().toArray();
    }

    @Override
    public <T> T[] toArray(T[] target) {
        return all().toArray(target);
    }

    @Override
    public int size() {
        return access.call(queue::size);
    }

    @Override
    public void clear() {
        access.run(queue::clear);
    }
}
