package io.sluice.pool.manager;

import io.sluice.shm.queue.SharedQueue;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A queue in shared memory, for clients on other hosts: the server puts and takes for them. Elements are put at the
/// end and taken at the head.
final class BridgedQueue implements DequeService {
    private static final long NO_STAMP = -1;

    private final Server server;
    private final SharedQueue<Object> queue;

    BridgedQueue(Server server, SharedQueue<Object> queue) {
        this.server = server;
        this.queue = queue;
    }

    private SharedQueue<Object> atHead(boolean first) {
        return at(first);
    }

    private SharedQueue<Object> atEnd(boolean first) {
        return at(!first);
    }

    private SharedQueue<Object> at(boolean rightEnd) {
        if (!rightEnd) {
            throw new UnsupportedOperationException(
                    "%s: a queue is filled at its end and emptied at its head; use a deque".formatted(queue.name()));
        }
        return queue;
    }

    @Override
    public boolean offer(Object element, boolean first) {
        return atEnd(first).offer(element);
    }

    @Override
    public void put(Object element, boolean first) throws InterruptedException {
        atEnd(first).put(element);
    }

    @Override
    public boolean offer(Object element, boolean first, long timeout, TimeUnit unit) throws InterruptedException {
        return atEnd(first).offer(element, timeout, unit);
    }

    @Override
    public Object poll(boolean first) {
        return atHead(first).poll();
    }

    @Override
    public Object take(boolean first) throws InterruptedException {
        return atHead(first).take();
    }

    @Override
    public Object poll(boolean first, long timeout, TimeUnit unit) throws InterruptedException {
        return atHead(first).poll(timeout, unit);
    }

    @Override
    public Object peek(boolean first) {
        return atHead(first).peek();
    }

    @Override
    public int size() {
        return queue.size();
    }

    @Override
    public int remainingCapacity() {
        return queue.remainingCapacity();
    }

    @Override
    public Chunk drain(int most) {
        return server.wire().pack(new Drain(queue::poll, most));
    }

    @Override
    public void clear() {
        queue.clear();
    }

    @Override
    public boolean contains(Object element) {
        return queue.contains(element);
    }

    @Override
    public boolean remove(Object element, boolean first) {
        return atHead(first).remove(element);
    }

    @Override
    public boolean removeStamped(long stamp) {
        throw new UnsupportedOperationException(
                "%s: remove(element) removes from a queue that is on another host".formatted(queue.name()));
    }

    @Override
    public boolean removeAll(Chunk elements) {
        Set<Object> named = new HashSet<>(server.unpack(elements));
        return queue.removeIf(named::contains);
    }

    @Override
    public boolean removeIf(Predicate<Object> filter) {
        return queue.removeIf(filter);
    }

    @Override
    public Chunk elements(boolean descending) {
        Iterator<Object> elements = atHead(!descending).iterator();
        return Batches.first(server, new Iterator<>() {
            private boolean stamp;

            @Override
            public boolean hasNext() {
                return stamp || elements.hasNext();
            }

            @Override
            public Object next() {
                stamp = !stamp;
                return stamp ? elements.next() : (Object) NO_STAMP;
            }
        });
    }
}
