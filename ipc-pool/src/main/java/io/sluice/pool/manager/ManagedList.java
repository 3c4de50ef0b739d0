package io.sluice.pool.manager;

import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// A list that lives in a manager's server.
///
/// Each method is one atomic call, but for those that take or give many elements, which travel in batches. An iterator
/// reads batches as they are at that time, and changes the list only if no other thread or process has changed it since
/// its batch was read.
@SuppressWarnings("unchecked")       // what was put in comes out
final class ManagedList<E> extends AbstractList<E> implements RandomAccess, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Remote remote;

    ManagedList(Remote remote) {
        this.remote = remote;
    }

    private ListService server() {
        return remote.as(ListService.class);
    }

    @Override
    public E get(int index) {
        return (E) server().get(index);
    }

    @Override
    public E set(int index, E element) {
        return (E) server().set(index, element);
    }

    @Override
    public int size() {
        return server().size();
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public boolean add(E element) {
        server().add(element);
        return true;
    }

    @Override
    public void add(int index, E element) {
        server().add(index, element);
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        return addAllAt(-1, elements);
    }

    @Override
    public boolean addAll(int index, Collection<? extends E> elements) {
        int size = size();
        if (index < 0 || index > size) {
            throw new IndexOutOfBoundsException("%s: index %d, size %d".formatted(remote, index, size));
        }
        return addAllAt(index, elements);
    }

    private boolean addAllAt(int index, Collection<? extends E> elements) {
        Iterator<?> added = Arrays.asList(elements.toArray()).iterator();        // elements may be this list
        int at = index;
        boolean changed = false;
        while (added.hasNext()) {
            Chunk batch = remote.link().pack(added);
            server().addAll(at, batch);
            at += at < 0 ? 0 : batch.count();
            changed = true;
        }
        return changed;
    }

    @Override
    public E remove(int index) {
        return (E) server().remove(index);
    }

    @Override
    public boolean remove(Object element) {
        return server().remove(element);
    }

    @Override
    protected void removeRange(int from, int to) {
        server().removeRange(from, to);
    }

    @Override
    public void clear() {
        server().clear();
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        Iterator<?> named = Arrays.asList(elements.toArray()).iterator();     // they may be this list, which shrinks
        boolean changed = false;
        while (named.hasNext()) {
            changed |= server().removeAll(remote.link().pack(named));
        }
        return changed;
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return update(all -> all.retainAll(elements));
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        return remote.travels(Objects.requireNonNull(filter, "filter"))
                ? server().removeIf((Predicate<Object>) filter) : update(all -> all.removeIf(filter));
    }

    @Override
    public void replaceAll(UnaryOperator<E> function) {
        if (remote.travels(Objects.requireNonNull(function, "function"))) {
            server().replaceAll((UnaryOperator<Object>) function);
        } else {
            var _ = update(all -> {
                all.replaceAll(function);
                return true;
            });
        }
    }

    @Override
    public void sort(Comparator<? super E> order) {
        if (order == null || remote.travels(order)) {
            server().sort((Comparator<Object>) order);
        } else {
            var _ = update(all -> {
                all.sort(order);
                return true;
            });
        }
    }

    /// Changes a copy here, and replaces the elements by it if they are still those that were copied; otherwise does it
    /// again.
    private boolean update(Predicate<List<E>> change) {
        while (true) {
            long version = server().version();
            List<E> all = copy(version);
            if (all == null) {
                continue;
            }
            if (!change.test(all)) {
                return false;
            }
            long replaced = replaceAt(version, all);
            if (replaced != ListService.REFUSED) {
                return true;
            }
        }
    }

    /// All elements of one version; null if there is another one by now.
    private List<E> copy(long version) {
        List<E> all = new ArrayList<>();
        while (true) {
            Chunk chunk = server().read(all.size());
            if (chunk.version() != version) {
                return null;
            }
            if (chunk.count() == 0) {
                return all;
            }
            all.addAll((List<E>) remote.unpack(chunk));
        }
    }

    private long replaceAt(long version, List<E> all) {
        return server().replaceFrom(version, 0, remote.link().packAll(all));     // one step, so one message
    }

    @Override
    public int indexOf(Object element) {
        return server().indexOf(element);
    }

    @Override
    public int lastIndexOf(Object element) {
        return server().lastIndexOf(element);
    }

    @Override
    public boolean contains(Object element) {
        return indexOf(element) >= 0;
    }

    @Override
    public Object[] toArray() {
        return elements().toArray();
    }

    @Override
    public <T> T[] toArray(T[] array) {
        return elements().toArray(array);
    }

    private List<E> elements() {
        List<E> all = new ArrayList<>();
        for (E element : this) {
            all.add(element);
        }
        return all;
    }

    @Override
    public Iterator<E> iterator() {
        return new Walk(0);
    }

    /// Reads batches, as the iterator does.
    @Override
    public Spliterator<E> spliterator() {
        return Batches.spliterator(iterator(), Spliterator.ORDERED);
    }

    @Override
    public ListIterator<E> listIterator() {
        return new Walk(0);
    }

    @Override
    public ListIterator<E> listIterator(int index) {
        int size = size();
        if (index < 0 || index > size) {
            throw new IndexOutOfBoundsException("%s: index %d, size %d".formatted(remote, index, size));
        }
        return new Walk(index);
    }

    private final class Walk implements ListIterator<E> {
        private static final int NONE = -1;
        private static final int BACK = 256;

        private List<E> batch = new ArrayList<>();
        private int start;
        private long version;
        private int next;
        private int last = NONE;
        private long lastVersion;

        Walk(int next) {
            this.next = next;
            read(next);
        }

        private void read(int from) {
            Chunk chunk = server().read(from);
            batch = (List<E>) remote.unpack(chunk);
            start = from;
            version = chunk.version();
        }

        private boolean has(int index) {
            return index >= start && index < start + batch.size();
        }

        @Override
        public boolean hasNext() {
            if (!has(next)) {
                read(next);
            }
            return has(next);
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            last = next++;
            lastVersion = version;
            return batch.get(last - start);
        }

        @Override
        public boolean hasPrevious() {
            return next > 0;
        }

        @Override
        public E previous() {
            if (next <= 0) {
                throw new NoSuchElementException();
            }
            int index = next - 1;
            if (!has(index)) {
                read(Math.max(0, next - BACK));
            }
            if (!has(index)) {
                read(index);
            }
            if (!has(index)) {
                throw new ConcurrentModificationException(
                        remote + ": the list has become shorter since the iterator was made");
            }
            last = index;
            lastVersion = version;
            next = index;
            return batch.get(index - start);
        }

        @Override
        public int nextIndex() {
            return next;
        }

        @Override
        public int previousIndex() {
            return next - 1;
        }

        @Override
        public void remove() {
            checkLast();
            changed(server().removeAt(lastVersion, last));
            if (has(last)) {
                batch.remove(last - start);
            } else {
                start -= last < start ? 1 : 0;
            }
            next -= last < next ? 1 : 0;
            last = NONE;
        }

        @Override
        public void set(E element) {
            checkLast();
            changed(server().setAt(lastVersion, last, element));
            if (has(last)) {
                batch.set(last - start, element);
            }
        }

        @Override
        public void add(E element) {
            changed(server().addAt(version, next, element));
            if (next >= start && next <= start + batch.size()) {
                batch.add(next - start, element);
            } else {
                read(next);
            }
            next++;
            last = NONE;
        }

        private void checkLast() {
            if (last == NONE) {
                throw new IllegalStateException("next() was not called, or its element was removed before");
            }
        }

        private void changed(long newVersion) {
            if (newVersion == ListService.REFUSED) {
                throw new ConcurrentModificationException(
                        "the list was changed by another thread or process since the iterator read it");
            }
            version = newVersion;
            lastVersion = newVersion;
        }
    }
}
