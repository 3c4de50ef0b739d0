package io.sluice.cluster;

import com.hazelcast.collection.IList;
import java.util.AbstractList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/// A list of a [ClusterManager]: elements are bytes in the engine, and compared as such.
///
/// - **Threads:** any.
///
/// @param <E> type of the elements
final class ClusterList<E> extends AbstractList<E> {
    private final IList<byte[]> list;
    private final Access access;

    ClusterList(IList<byte[]> list, Access access) {
        this.list = list;
        this.access = access;
    }

    @Override
    public E get(int index) {
        return access.value(access.call(() -> list.get(index)));
    }

    @Override
    public E set(int index, E element) {
        byte[] bytes = access.bytes(element);
        return access.value(access.call(() -> list.set(index, bytes)));
    }

    @Override
    public boolean add(E element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> list.add(bytes));
    }

    @Override
    public void add(int index, E element) {
        byte[] bytes = access.bytes(element);
        access.call(() -> {
            list.add(index, bytes);
            return null;
        });
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        return access.call(() -> list.addAll(access.all(elements)));
    }

    @Override
    public boolean addAll(int index, Collection<? extends E> elements) {
        return access.call(() -> list.addAll(index, access.all(elements)));
    }

    @Override
    public E remove(int index) {
        return access.value(access.call(() -> list.remove(index)));
    }

    @Override
    public boolean remove(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> list.remove(bytes));
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        return access.call(() -> list.removeAll(access.all(elements)));
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        return access.call(() -> list.retainAll(access.all(elements)));
    }

    /// Removes what matches in one step, but for elements that were added meanwhile.
    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        List<E> matching = all().stream().filter(filter).toList();
        return !matching.isEmpty() && removeAll(matching);
    }

    @Override
    public int indexOf(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> list.indexOf(bytes));
    }

    @Override
    public int lastIndexOf(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> list.lastIndexOf(bytes));
    }

    @Override
    public boolean contains(Object element) {
        byte[] bytes = access.bytes(element);
        return access.call(() -> list.contains(bytes));
    }

    @Override
    public boolean containsAll(Collection<?> elements) {
        return access.call(() -> list.containsAll(access.all(elements)));
    }

    private List<E> all() {
        return access.call(() -> access.values(list.toArray()));
    }

    @Override
    public Iterator<E> iterator() {
        return Collections.unmodifiableList(all()).iterator();
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
        return access.call(list::size);
    }

    @Override
    public void clear() {
        access.call(() -> {
            list.clear();
            return null;
        });
    }
}
