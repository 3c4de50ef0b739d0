package io.sluice.pool.manager;

import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A deque that lives in a manager's server. A call that waits, waits there, and keeps no other call back.
@SuppressWarnings("unchecked")       // what was put in comes out
final class ManagedDeque<E> extends AbstractQueue<E> implements BlockingDeque<E>, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Remote remote;

    ManagedDeque(Remote remote) {
        this.remote = remote;
    }

    private DequeService server() {
        return remote.as(DequeService.class);
    }

    private static <T> T checked(T element) {
        return Objects.requireNonNull(element, "a managed deque has no null elements");
    }

    private <T> T there(T element) {
        if (element == null) {
            throw new NoSuchElementException(remote + ": the deque is empty");
        }
        return element;
    }

    private void add(E element, boolean first) {
        if (!server().offer(checked(element), first)) {
            throw new IllegalStateException(remote + ": the deque is full");
        }
    }

    // At either end.

    @Override
    public void addFirst(E element) {
        add(element, true);
    }

    @Override
    public void addLast(E element) {
        add(element, false);
    }

    @Override
    public boolean offerFirst(E element) {
        return server().offer(checked(element), true);
    }

    @Override
    public boolean offerLast(E element) {
        return server().offer(checked(element), false);
    }

    @Override
    public void putFirst(E element) throws InterruptedException {
        server().put(checked(element), true);
    }

    @Override
    public void putLast(E element) throws InterruptedException {
        server().put(checked(element), false);
    }

    @Override
    public boolean offerFirst(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return server().offer(checked(element), true, timeout, unit);
    }

    @Override
    public boolean offerLast(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return server().offer(checked(element), false, timeout, unit);
    }

    @Override
    public E removeFirst() {
        return there(pollFirst());
    }

    @Override
    public E removeLast() {
        return there(pollLast());
    }

    @Override
    public E pollFirst() {
        return (E) server().poll(true);
    }

    @Override
    public E pollLast() {
        return (E) server().poll(false);
    }

    @Override
    public E takeFirst() throws InterruptedException {
        return (E) server().take(true);
    }

    @Override
    public E takeLast() throws InterruptedException {
        return (E) server().take(false);
    }

    @Override
    public E pollFirst(long timeout, TimeUnit unit) throws InterruptedException {
        return (E) server().poll(true, timeout, unit);
    }

    @Override
    public E pollLast(long timeout, TimeUnit unit) throws InterruptedException {
        return (E) server().poll(false, timeout, unit);
    }

    @Override
    public E getFirst() {
        return there(peekFirst());
    }

    @Override
    public E getLast() {
        return there(peekLast());
    }

    @Override
    public E peekFirst() {
        return (E) server().peek(true);
    }

    @Override
    public E peekLast() {
        return (E) server().peek(false);
    }

    // As a queue and as a stack.

    @Override
    public boolean offer(E element) {
        return offerLast(element);
    }

    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return offerLast(element, timeout, unit);
    }

    @Override
    public void put(E element) throws InterruptedException {
        putLast(element);
    }

    @Override
    public E poll() {
        return pollFirst();
    }

    @Override
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return pollFirst(timeout, unit);
    }

    @Override
    public E take() throws InterruptedException {
        return takeFirst();
    }

    @Override
    public E peek() {
        return peekFirst();
    }

    @Override
    public void push(E element) {
        addFirst(element);
    }

    @Override
    public E pop() {
        return removeFirst();
    }

    // As a collection.

    @Override
    public int size() {
        return server().size();
    }

    @Override
    public int remainingCapacity() {
        return server().remainingCapacity();
    }

    @Override
    public void clear() {
        server().clear();
    }

    @Override
    public boolean contains(Object element) {
        return element != null && server().contains(element);
    }

    @Override
    public boolean remove(Object element) {
        return removeFirstOccurrence(element);
    }

    @Override
    public boolean removeFirstOccurrence(Object element) {
        return element != null && server().remove(element, true);
    }

    @Override
    public boolean removeLastOccurrence(Object element) {
        return element != null && server().remove(element, false);
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        Iterator<?> named = elements.iterator();
        boolean changed = false;
        while (named.hasNext()) {
            changed |= server().removeAll(remote.link().pack(named));
        }
        return changed;
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        return remote.travels(Objects.requireNonNull(filter, "filter"))
                ? server().removeIf((Predicate<Object>) filter) : super.removeIf(filter);
    }

    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")       // a deque is itself
    public int drainTo(Collection<? super E> target, int most) {
        if (target == this) {
            throw new IllegalArgumentException(remote + ": a deque cannot be drained into itself");
        }
        Objects.requireNonNull(target, "target");
        int drained = 0;
        while (drained < most) {
            List<Object> batch = remote.unpack(server().drain(most - drained));
            if (batch.isEmpty()) {
                break;
            }
            batch.forEach(element -> target.add((E) element));
            drained += batch.size();
        }
        return drained;
    }

    @Override
    public Iterator<E> iterator() {
        return new Walk(false);
    }

    @Override
    public Spliterator<E> spliterator() {
        return Batches.spliterator(iterator(), Spliterator.ORDERED | Spliterator.NONNULL);
    }

    @Override
    public Iterator<E> descendingIterator() {
        return new Walk(true);
    }

    private final class Walk implements Iterator<E> {
        private final Iterator<Object> parts;
        private long last = Stamped.ABSENT;

        Walk(boolean descending) {
            this.parts = Batches.walk(remote, server().elements(descending));
        }

        @Override
        public boolean hasNext() {
            return parts.hasNext();
        }

        @Override
        public E next() {
            E element = (E) parts.next();
            last = (Long) parts.next();
            return element;
        }

        @Override
        public void remove() {
            if (last == Stamped.ABSENT) {
                throw new IllegalStateException("next() was not called, or its element was removed before");
            }
            var _ = server().removeStamped(last);
            last = Stamped.ABSENT;
        }
    }
}
