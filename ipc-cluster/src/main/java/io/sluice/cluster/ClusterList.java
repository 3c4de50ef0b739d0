package io.sluice.cluster;

import com.hazelcast.collection.IList;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
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
        access.run(() -> list.add(index, bytes));
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

    /// Removes what matches in one step if no element of the same bytes is to stay; otherwise one by one, from the
    /// beginning, as many of them as match. Elements that were added meanwhile count as the same ones.
    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        List<byte[]> matching = new ArrayList<>();
        Set<ByteBuffer> staying = new HashSet<>();
        for (Object each : access.call(list::toArray)) {
            byte[] bytes = (byte[]) each;
            E element = access.value(bytes);
            if (filter.test(element)) {
                matching.add(bytes);
            } else {
                staying.add(ByteBuffer.wrap(bytes));
            }
        }
        if (matching.isEmpty()) {
            return false;
        }
        if (matching.stream().map(ByteBuffer::wrap).noneMatch(staying::contains)) {
            return access.call(() -> list.removeAll(matching));
        }
        boolean changed = false;
        for (byte[] each : matching) {
            changed |= access.call(() -> list.remove(each));
        }
        return changed;
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
        return access.call(list::size);
    }

    @Override
    public void clear() {
        access.run(list::clear);
    }
}
