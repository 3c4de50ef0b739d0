package io.sluice.pool.manager;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A deque in the server.
final class ServerDeque implements DequeService {
    private final Server server;
    private final int capacity;
    private final LinkedBlockingDeque<Stamped> deque;
    private final AtomicLong stamps = new AtomicLong(Stamped.ABSENT);

    ServerDeque(Server server, int capacity) {
        this.server = server;
        this.capacity = capacity;
        this.deque = new LinkedBlockingDeque<>(capacity);
    }

    int capacity() {
        return capacity;
    }

    private Stamped stamped(Object element) {
        return new Stamped(Objects.requireNonNull(element, "element"), stamps.incrementAndGet());
    }

    @Override
    public boolean offer(Object element, boolean first) {
        return first ? deque.offerFirst(stamped(element)) : deque.offerLast(stamped(element));
    }

    @Override
    public void put(Object element, boolean first) throws InterruptedException {
        if (first) {
            deque.putFirst(stamped(element));
        } else {
            deque.putLast(stamped(element));
        }
    }

    @Override
    public boolean offer(Object element, boolean first, long timeout, TimeUnit unit) throws InterruptedException {
        return first ? deque.offerFirst(stamped(element), timeout, unit)
                : deque.offerLast(stamped(element), timeout, unit);
    }

    @Override
    public Object poll(boolean first) {
        return Stamped.valueOf(first ? deque.pollFirst() : deque.pollLast());
    }

    @Override
    public Object take(boolean first) throws InterruptedException {
        return Stamped.valueOf(first ? deque.takeFirst() : deque.takeLast());
    }

    @Override
    public Object poll(boolean first, long timeout, TimeUnit unit) throws InterruptedException {
        return Stamped.valueOf(first ? deque.pollFirst(timeout, unit) : deque.pollLast(timeout, unit));
    }

    @Override
    public Object peek(boolean first) {
        return Stamped.valueOf(first ? deque.peekFirst() : deque.peekLast());
    }

    @Override
    public int size() {
        return deque.size();
    }

    @Override
    public int remainingCapacity() {
        return deque.remainingCapacity();
    }

    @Override
    public Chunk drain(int most) {
        return server.wire().pack(new Drain(() -> poll(true), most));
    }

    @Override
    public void clear() {
        deque.clear();
    }

    @Override
    public boolean contains(Object element) {
        return element != null && deque.contains(stamped(element));
    }

    @Override
    public boolean remove(Object element, boolean first) {
        return element != null && (first ? deque.removeFirstOccurrence(stamped(element))
                : deque.removeLastOccurrence(stamped(element)));
    }

    @Override
    public boolean removeStamped(long stamp) {
        return deque.removeIf(element -> element.stamp() == stamp);
    }

    @Override
    public boolean removeAll(Chunk elements) {
        Set<Object> named = new HashSet<>(server.unpack(elements));
        return deque.removeIf(element -> named.contains(element.value()));
    }

    @Override
    public boolean removeIf(Predicate<Object> filter) {
        return deque.removeIf(element -> filter.test(element.value()));
    }

    @Override
    public Chunk elements(boolean descending) {
        Iterator<Stamped> stamped = descending ? deque.descendingIterator() : deque.iterator();
        return Batches.first(server, new Iterator<>() {
            private Stamped last;

            @Override
            public boolean hasNext() {
                return last != null || stamped.hasNext();
            }

            @Override
            public Object next() {
                if (last == null) {
                    last = stamped.next();
                    return last.value();
                }
                long stamp = last.stamp();
                last = null;
                return stamp;
            }
        });
    }

    Stream<Object> values() {
        return deque.stream().map(Stamped::value);
    }
}
