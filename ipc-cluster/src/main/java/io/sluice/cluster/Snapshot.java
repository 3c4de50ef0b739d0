package io.sluice.cluster;

import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/// Iterates over the elements that a collection had at some moment.
///
/// @param <E> type of the elements
final class Snapshot<E> implements Iterator<E> {
    private final Iterator<E> elements;
    private final Consumer<E> remover;
    private E last;

    /// @param remover removes an element from the collection
    Snapshot(List<E> elements, Consumer<E> remover) {
        this.elements = elements.iterator();
        this.remover = remover;
    }

    @Override
    public boolean hasNext() {
        return elements.hasNext();
    }

    @Override
    public E next() {
        last = elements.next();
        return last;
    }

    @Override
    public void remove() {
        if (last == null) {
            throw new IllegalStateException("no element to remove; call next first");
        }
        remover.accept(last);
        last = null;
    }
}
