package io.sluice.pool.manager;

import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// What a client can call of a deque in the server. Each method is atomic.
interface DequeService {
    boolean offer(Object element, boolean first);

    void put(Object element, boolean first) throws InterruptedException;

    boolean offer(Object element, boolean first, long timeout, TimeUnit unit) throws InterruptedException;

    Object poll(boolean first);

    Object take(boolean first) throws InterruptedException;

    Object poll(boolean first, long timeout, TimeUnit unit) throws InterruptedException;

    Object peek(boolean first);

    int size();

    int remainingCapacity();

    /// Removes elements from the head: a batch of them, and no more than a number.
    Chunk drain(int most);

    void clear();

    boolean contains(Object element);

    boolean remove(Object element, boolean first);

    /// Removes the element with a stamp.
    boolean removeStamped(long stamp);

    /// Removes the elements that are equal to one of a batch.
    boolean removeAll(Chunk elements);

    boolean removeIf(Predicate<Object> filter);

    /// Elements and their stamps in turn.
    Chunk elements(boolean descending);
}
