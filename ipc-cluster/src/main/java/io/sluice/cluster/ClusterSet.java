package io.sluice.cluster;

import com.hazelcast.collection.ISet;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;

/// A set of a [ClusterManager]: elements are bytes in the engine, and compared as such.
///
/// - **Threads:** any.
///
/// @param <E> type of the elements
final class ClusterSet<E> extends AbstractSet<E> {
    private final ISet<byte[]> set;
    private final Access access;

    ClusterSet(ISet<byte[]> set, Access access) {
        this.set = set;
        this.access = access;
    }

    @Override
    public boolean add(E element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> set.add(bytes));
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        return access.call(() -> set.addAll(access.all(elements)));
    }

    @Override
    public boolean contains(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> set.contains(bytes));
    }

    @Override
    public boolean containsAll(Collection<?> elements) {
        return access.call(() -> set.containsAll(access.all(elements)));
    }

    @Override
    public boolean remove(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> set.remove(bytes));
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        return access.call(() -> set.removeAll(access.all(elements)));
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        return access.call(() -> set.retainAll(access.all(elements)));
    }

    private List<E> all() {
        return access.call(() -> access.values(set.toArray()));
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
        return access.call(set::size);
    }

    @Override
    public void clear() {
        access.run(set::clear);
    }
}
