package io.sluice.pool.manager;

import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.stream.Stream;

/// A set that lives in a manager's server: the keys of a managed map.
final class ManagedSet<E> extends AbstractSet<E> implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ManagedMap<E, Boolean> map;

    ManagedSet(Remote remote) {
        this.map = new ManagedMap<>(remote);
    }

    @Override
    public boolean add(E element) {
        return map.putIfAbsent(element, true) == null;
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        return map.putAll(elements.stream().flatMap(element -> Stream.of(Objects.requireNonNull(element), true))) > 0;
    }

    @Override
    public boolean contains(Object element) {
        return map.containsKey(element);
    }

    @Override
    public boolean remove(Object element) {
        return map.remove(element) != null;
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        return map.removeKeys(elements, false);
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        return map.removeKeys(elements, true);
    }

    @Override
    public Iterator<E> iterator() {
        return map.keySet().iterator();
    }

    @Override
    public Spliterator<E> spliterator() {
        return map.keySet().spliterator();
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public void clear() {
        map.clear();
    }
}
