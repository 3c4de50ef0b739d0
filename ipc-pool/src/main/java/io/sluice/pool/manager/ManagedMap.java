package io.sluice.pool.manager;

import io.sluice.pool.task.Pair;
import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A map that lives in a manager's server.
///
/// A function that travels runs in the server, once, and nothing comes between its reading and its writing. One that
/// does not travel runs here, in a loop of reading and swapping, as [ConcurrentMap] says of its default methods; each
/// value has a stamp, so it needs no `equals`.
@SuppressWarnings("unchecked")       // what was put in comes out
final class ManagedMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V>, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Remote remote;

    ManagedMap(Remote remote) {
        this.remote = remote;
    }

    Remote remote() {
        return remote;
    }

    private MapService server() {
        return remote.as(MapService.class);
    }

    private static <T> T checked(T object) {
        return Objects.requireNonNull(object, "a managed map has neither null keys nor null values");
    }

    @Override
    public V get(Object key) {
        return (V) server().get(checked(key));
    }

    @Override
    public V getOrDefault(Object key, V otherwise) {
        V value = get(key);
        return value != null ? value : otherwise;
    }

    @Override
    public boolean containsKey(Object key) {
        return server().containsKey(checked(key));
    }

    @Override
    public boolean containsValue(Object value) {
        return server().containsValue(checked(value));
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
    public V put(K key, V value) {
        return (V) server().put(checked(key), checked(value));
    }

    @Override
    public V putIfAbsent(K key, V value) {
        return (V) server().putIfAbsent(checked(key), checked(value));
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> others) {
        var _ = putAll(others.entrySet().stream().flatMap(
                entry -> Stream.of(checked(entry.getKey()), checked(entry.getValue()))));
    }

    /// Puts keys and values that come in turn.
    ///
    /// @return how many keys are new
    int putAll(Stream<?> keysAndValues) {
        Iterator<?> parts = keysAndValues.iterator();
        int added = 0;
        while (parts.hasNext()) {
            added += server().putAll(remote.link().pack(new Pairs(parts)));
        }
        return added;
    }

    /// Ends a batch between two entries only.
    private static final class Pairs implements Iterator<Object> {
        private final Iterator<?> parts;
        private Object value;

        Pairs(Iterator<?> parts) {
            this.parts = parts;
        }

        @Override
        public boolean hasNext() {
            return value != null || parts.hasNext();
        }

        @Override
        public Object next() {
            Object next = value != null ? value : parts.next();
            value = value != null ? null : parts.next();
            return next;
        }
    }

    @Override
    public V remove(Object key) {
        return (V) server().remove(checked(key));
    }

    @Override
    public boolean remove(Object key, Object value) {
        Objects.requireNonNull(key, "key");
        return value != null && server().remove(key, value);
    }

    @Override
    public V replace(K key, V value) {
        return (V) server().replace(checked(key), checked(value));
    }

    @Override
    public boolean replace(K key, V expected, V value) {
        return server().replace(checked(key), checked(expected), checked(value));
    }

    @Override
    public void clear() {
        server().clear();
    }

    // Functions.

    @Override
    public V compute(K key, BiFunction<? super K, ? super V, ? extends V> function) {
        checked(key);
        if (remote.travels(checked(function))) {
            return (V) server().compute(key, (BiFunction<Object, Object, Object>) function);
        }
        while (true) {
            Pair<Object, Long> present = server().read(key);
            V next = function.apply(key, present == null ? null : (V) present.first());
            if ((present == null && next == null) || swap(key, present, next)) {
                return next;
            }
        }
    }

    private boolean swap(K key, Pair<Object, Long> present, Object next) {
        return server().swap(key, present == null ? Stamped.ABSENT : present.second(), next);
    }

    @Override
    public V computeIfAbsent(K key, Function<? super K, ? extends V> function) {
        checked(function);
        V present = get(key);
        if (present != null) {
            return present;
        }
        if (remote.travels(function)) {
            return (V) server().computeIfAbsent(key, (Function<Object, Object>) function);
        }
        V made = function.apply(key);
        V other = made == null ? null : putIfAbsent(key, made);
        return other != null ? other : made;
    }

    @Override
    public V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> function) {
        checked(key);
        if (remote.travels(checked(function))) {
            return (V) server().computeIfPresent(key, (BiFunction<Object, Object, Object>) function);
        }
        while (true) {
            Pair<Object, Long> present = server().read(key);
            if (present == null) {
                return null;
            }
            V next = function.apply(key, (V) present.first());
            if (swap(key, present, next)) {
                return next;
            }
        }
    }

    @Override
    public V merge(K key, V value, BiFunction<? super V, ? super V, ? extends V> function) {
        checked(key);
        checked(value);
        if (remote.travels(checked(function))) {
            return (V) server().merge(key, value, (BiFunction<Object, Object, Object>) function);
        }
        while (true) {
            Pair<Object, Long> present = server().read(key);
            V next = present == null ? value : function.apply((V) present.first(), value);
            if (swap(key, present, next)) {
                return next;
            }
        }
    }

    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        if (remote.travels(checked(function))) {
            server().replaceAll((BiFunction<Object, Object, Object>) function);
            return;
        }
        for (K key : keySet()) {
            var _ = computeIfPresent(key, (same, value) -> checked(function.apply(same, value)));
        }
    }

    // Views.

    private Iterator<Entry<K, V>> entries() {
        return new Entries(Batches.walk(remote, server().entries()));
    }

    private final class Entries implements Iterator<Entry<K, V>> {
        private final Iterator<Object> parts;
        private K last;

        Entries(Iterator<Object> parts) {
            this.parts = parts;
        }

        @Override
        public boolean hasNext() {
            return parts.hasNext();
        }

        @Override
        public Entry<K, V> next() {
            K key = (K) parts.next();
            V value = (V) parts.next();
            last = key;
            return new LiveEntry(key, value);
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("next() was not called, or its entry was removed before");
            }
            var _ = ManagedMap.this.remove(last);
            last = null;
        }
    }

    /// An entry whose `setValue` changes the map.
    private final class LiveEntry extends SimpleEntry<K, V> {
        @Serial
        private static final long serialVersionUID = 1L;

        LiveEntry(K key, V value) {
            super(key, value);
        }

        @Override
        public V setValue(V value) {
            var _ = put(getKey(), value);
            return super.setValue(value);
        }

        /// Travels as an entry that has no map.
        @Serial
        private Object writeReplace() {
            return new SimpleEntry<>(this);
        }
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
        return new EntrySet();
    }

    private final class EntrySet extends AbstractSet<Entry<K, V>> {
        @Override
        public Iterator<Entry<K, V>> iterator() {
            return entries();
        }

        @Override
        public Spliterator<Entry<K, V>> spliterator() {
            return Batches.spliterator(iterator(), Spliterator.DISTINCT | Spliterator.NONNULL);
        }

        @Override
        public int size() {
            return ManagedMap.this.size();
        }

        @Override
        public boolean contains(Object object) {
            return object instanceof Entry<?, ?> entry && entry.getKey() != null
                    && entry.getValue() != null && entry.getValue().equals(get(entry.getKey()));
        }

        @Override
        public boolean remove(Object object) {
            return object instanceof Entry<?, ?> entry && entry.getKey() != null
                    && ManagedMap.this.remove(entry.getKey(), entry.getValue());
        }

        @Override
        public boolean removeIf(Predicate<? super Entry<K, V>> filter) {
            return removeMatching(filter);
        }

        @Override
        public boolean removeAll(Collection<?> elements) {
            return removeMatching(checked(elements)::contains);
        }

        @Override
        public boolean retainAll(Collection<?> elements) {
            return removeMatching(Predicate.not(checked(elements)::contains));
        }

        @Override
        public void clear() {
            ManagedMap.this.clear();
        }
    }

    @Override
    public Set<K> keySet() {
        return new KeySet();
    }

    private final class KeySet extends AbstractSet<K> {
        @Override
        public Iterator<K> iterator() {
            Iterator<Entry<K, V>> entries = entries();
            return new Part<>(entries, Entry::getKey);
        }

        @Override
        public Spliterator<K> spliterator() {
            return Batches.spliterator(iterator(), Spliterator.DISTINCT | Spliterator.NONNULL);
        }

        @Override
        public int size() {
            return ManagedMap.this.size();
        }

        @Override
        public boolean contains(Object key) {
            return containsKey(key);
        }

        @Override
        public boolean remove(Object key) {
            return ManagedMap.this.remove(key) != null;
        }

        @Override
        public boolean removeAll(Collection<?> keys) {
            return removeKeys(keys, false);
        }

        @Override
        public boolean retainAll(Collection<?> keys) {
            return removeKeys(keys, true);
        }

        @Override
        public void clear() {
            ManagedMap.this.clear();
        }
    }

    /// Removes the entries that a filter matches. An entry goes only with the value that the filter has seen: one that
    /// another client has put meanwhile is read and tested in its turn.
    private boolean removeMatching(Predicate<? super Entry<K, V>> filter) {
        checked(filter);
        boolean changed = false;
        Iterator<Entry<K, V>> entries = entries();
        while (entries.hasNext()) {
            Entry<K, V> entry = entries.next();
            if (filter.test(entry)) {
                changed |= remove(entry.getKey(), entry.getValue()) || removePresent(entry.getKey(), filter);
            }
        }
        return changed;
    }

    /// Removes the present value of a key if a filter matches it.
    private boolean removePresent(K key, Predicate<? super Entry<K, V>> filter) {
        while (true) {
            Pair<Object, Long> present = server().read(key);
            if (present == null || !filter.test(new LiveEntry(key, (V) present.first()))) {
                return false;
            }
            if (swap(key, present, null)) {
                return true;
            }
        }
    }

    /// Removes keys, or all others, in batches as far as that is possible: keys that are to stay come together.
    boolean removeKeys(Collection<?> keys, boolean others) {
        Iterator<?> named = Arrays.stream(keys.toArray()).filter(Objects::nonNull).iterator();    // may be of this map
        boolean changed = false;
        do {
            Chunk batch = remote.link().pack(named);
            if (others && named.hasNext()) {
                return removeOneByOne(keys);
            }
            changed |= server().removeKeys(batch, others);
        } while (named.hasNext());
        return changed;
    }

    private boolean removeOneByOne(Collection<?> staying) {
        boolean changed = false;
        Iterator<Entry<K, V>> entries = entries();
        while (entries.hasNext()) {
            if (!staying.contains(entries.next().getKey())) {
                entries.remove();
                changed = true;
            }
        }
        return changed;
    }

    @Override
    public Collection<V> values() {
        return new ValuesView();
    }

    private final class ValuesView extends AbstractCollection<V> {
        @Override
        public Iterator<V> iterator() {
            Iterator<Entry<K, V>> entries = entries();
            return new Part<>(entries, Entry::getValue);
        }

        @Override
        public Spliterator<V> spliterator() {
            return Batches.spliterator(iterator(), Spliterator.NONNULL);
        }

        @Override
        public int size() {
            return ManagedMap.this.size();
        }

        @Override
        public boolean contains(Object value) {
            return containsValue(value);
        }

        @Override
        public boolean remove(Object value) {
            Iterator<Entry<K, V>> entries = entries();
            while (entries.hasNext()) {
                Entry<K, V> entry = entries.next();
                if (entry.getValue().equals(value) && ManagedMap.this.remove(entry.getKey(), value)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean removeIf(Predicate<? super V> filter) {
            checked(filter);
            return removeMatching(entry -> filter.test(entry.getValue()));
        }

        @Override
        public boolean removeAll(Collection<?> values) {
            return removeIf(checked(values)::contains);
        }

        @Override
        public boolean retainAll(Collection<?> values) {
            return removeIf(Predicate.not(checked(values)::contains));
        }

        @Override
        public void clear() {
            ManagedMap.this.clear();
        }
    }

    /// Keys or values of an iteration.
    private record Part<E, T>(Iterator<E> entries, Function<E, T> part) implements Iterator<T> {
        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public T next() {
            return part.apply(entries.next());
        }

        @Override
        public void remove() {
            entries.remove();
        }
    }
}
