package io.sluice.pool.manager;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// A list in the server. One lock admits one call at a time.
final class ServerList implements ListService {
    private final Server server;
    /// Refuses to change its length: an array.
    private final boolean fixed;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Object> list = new ArrayList<>();           // guarded by the lock, as is the version
    private long version;

    ServerList(Server server, boolean fixed, Iterator<?> elements) {
        this.server = server;
        this.fixed = fixed;
        elements.forEachRemaining(list::add);
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private <T> T changing(Supplier<T> work) {
        return locked(() -> {
            T result = work.get();
            version++;
            return result;
        });
    }

    private <T> T resizing(Supplier<T> work) {
        checkResizable();
        return changing(work);
    }

    private long at(long expected, Supplier<?> change) {
        return locked(() -> {
            if (version != expected) {
                return REFUSED;
            }
            var _ = change.get();
            return ++version;
        });
    }

    @Override
    public Object get(int index) {
        return locked(() -> list.get(index));
    }

    @Override
    public Object set(int index, Object element) {
        return changing(() -> list.set(index, element));
    }

    @Override
    public int size() {
        return locked(list::size);
    }

    @Override
    public void add(Object element) {
        var _ = resizing(() -> list.add(element));
    }

    @Override
    public void add(int index, Object element) {
        var _ = resizing(() -> {
            list.add(index, element);
            return true;
        });
    }

    @Override
    public void addAll(int index, Chunk elements) {
        List<Object> added = server.unpack(elements);
        var _ = resizing(() -> list.addAll(index < 0 ? list.size() : index, added));
    }

    @Override
    public Object remove(int index) {
        return resizing(() -> list.remove(index));
    }

    @Override
    public boolean remove(Object element) {
        return resizing(() -> list.remove(element));
    }

    @Override
    public void removeRange(int from, int to) {
        var _ = resizing(() -> {
            list.subList(from, to).clear();
            return true;
        });
    }

    @Override
    public void clear() {
        var _ = resizing(() -> {
            list.clear();
            return true;
        });
    }

    @Override
    public boolean removeAll(Chunk elements) {
        Set<Object> named = new HashSet<>(server.unpack(elements));
        return resizing(() -> list.removeIf(named::contains));
    }

    @Override
    public boolean removeIf(Predicate<Object> filter) {
        return resizing(() -> list.removeIf(filter));
    }

    @Override
    public void replaceAll(UnaryOperator<Object> function) {
        var _ = changing(() -> {
            List<Object> next = list.stream().map(element -> function.apply(server.copy(element))).toList();
            replaceFrom(0, next);                // only when no call has failed
            return true;
        });
    }

    /// All or nothing, also without memory.
    private boolean replaceFrom(int index, List<Object> elements) {
        List<Object> next = new ArrayList<>(index + elements.size());
        next.addAll(list.subList(0, index));
        next.addAll(elements);
        list = next;
        return !elements.isEmpty();
    }

    @Override
    public void sort(Comparator<Object> order) {
        var _ = changing(() -> {
            List<Object> next = new ArrayList<>(list);
            next.sort(order);
            return replaceFrom(0, next);
        });
    }

    @Override
    public int indexOf(Object element) {
        return locked(() -> list.indexOf(element));
    }

    @Override
    public int lastIndexOf(Object element) {
        return locked(() -> list.lastIndexOf(element));
    }

    /// Encodes within the lock, so a batch is of one version; runs in a call, so proxies are counted for its client.
    @Override
    public Chunk read(int from) {
        return locked(() -> {
            Chunk chunk = server.wire().pack(list.listIterator(Math.min(from, list.size())));
            return new Chunk(chunk.count(), chunk.elements(), version, null);
        });
    }

    @Override
    public long version() {
        return locked(() -> version);
    }

    @Override
    public long setAt(long expected, int index, Object element) {
        return at(expected, () -> list.set(index, element));
    }

    @Override
    public long addAt(long expected, int index, Object element) {
        checkResizable();
        return at(expected, () -> {
            list.add(index, element);
            return true;
        });
    }

    @Override
    public long removeAt(long expected, int index) {
        checkResizable();
        return at(expected, () -> list.remove(index));
    }

    @Override
    public long replaceFrom(long expected, int index, Chunk elements) {
        List<Object> next = server.unpack(elements);
        return at(expected, () -> {
            if (fixed && index + next.size() != list.size()) {
                checkResizable();
            }
            return replaceFrom(index, next);
        });
    }

    private void checkResizable() {
        if (fixed) {
            throw new UnsupportedOperationException("the length of a managed array does not change");
        }
    }

    boolean isFixed() {
        return fixed;
    }

    void fill(List<Object> elements) {
        var _ = changing(() -> list.addAll(elements));
    }

    /// A copy of the elements as they are now.
    List<Object> elements() {
        return locked(() -> new ArrayList<>(list));
    }
}
