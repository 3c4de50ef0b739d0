package io.sluice.cluster;

import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/// Iterates over the elements that a collection had at some moment.
///
/// @param <E> type of the elements
final class Snapshot<E> implements Iterator<E> {
    private final String nothing;
    private final Iterator<E> elements;
    private final Consumer<E> remover;
    private E last;

    /// @param nothing what to say if there is no element to remove
    /// @param remover removes an element from the collection
    Snapshot(String nothing, List<E> elements, Consumer<E> remover) {
        this.nothing = nothing;
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
            throw new IllegalStateException(nothing);
        }
        remover.accept(last);
        last = null;
    }
}
