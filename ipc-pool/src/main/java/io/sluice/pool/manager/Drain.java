package io.sluice.pool.manager;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/// Takes elements from the head of a queue until it is empty, and no more than a number.
final class Drain implements Iterator<Object> {
    private final Supplier<Object> head;
    private int left;
    private Object next;

    /// @param head takes an element; null if there is none
    Drain(Supplier<Object> head, int most) {
        this.head = head;
        this.left = most;
    }

    @Override
    public boolean hasNext() {
        if (next == null && left > 0) {
            next = head.get();
            left--;
        }
        return next != null;
    }

    @Override
    public Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Object value = next;
        next = null;
        return value;
    }
}
