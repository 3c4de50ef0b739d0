package io.sluice.shm.queue;

import io.sluice.shm.element.Shortage;
import java.util.Iterator;
import java.util.NoSuchElementException;

/// Walks over the elements of a queue without taking them, up to the queue's end at the start of the walk.
final class ElementIterator<E> implements Iterator<E> {
    private final Elements<E> elements;
    private final long end;
    private long from;
    private long nextPosition = Elements.NONE;
    private E next;
    private long lastPosition = Elements.NONE;

    ElementIterator(Elements<E> elements) {
        this.elements = elements;
        this.end = elements.end();
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            long position = elements.next(from);
            if (position == Elements.NONE || position >= end) {
                return false;
            }
            try {
                next = elements.peek(position);
            } catch (Throwable failure) {
                if (!Shortage.isReasonOf(failure)) {
                    from = position + 1;     // it would fail again
                }
                throw failure;
            }
            nextPosition = position;
            from = position + 1;
        }
        return true;
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no element is left");
        }
        E element = next;
        next = null;
        lastPosition = nextPosition;
        return element;
    }

    @Override
    public void remove() {
        if (lastPosition == Elements.NONE) {
            throw new IllegalStateException("remove: call next() first, and once for each remove()");
        }
        boolean _ = removeIfThere();
    }

    /// What [#remove()] does. @return false if another consumer has taken the element
    boolean removeIfThere() {
        long position = lastPosition;
        lastPosition = Elements.NONE;
        return elements.remove(position);
    }
}
