package io.sluice.cluster;

import com.hazelcast.map.IMap;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// A map of a [ClusterManager]: keys and values are bytes in the engine.
///
/// - **Threads:** any.
///
/// @param <K> type of the keys
/// @param <V> type of the values
final class ClusterMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    /*
     * The engine makes a call again when the member that has the key dies. A second `putIfAbsent` or `replace` would
     * find what the first one did, and answer for it: two winners, or none. So whatever depends on the entry locks its
     * key, reads, writes and unlocks. Of these steps the engine recognizes a second lock of one call, and a second
     * write of one value is the same.
     */
    private final IMap<byte[], byte[]> map;
    private final Access access;

    ClusterMap(IMap<byte[], byte[]> map, Access access) {
        this.map = map;
        this.access = access;
    }

    /// An entry that is locked, so that this thread alone changes it.
    private final class Locked {
        private final byte[] key;

        Locked(byte[] key) {
            this.key = key;
        }

        V get() {
            return access.value(map.get(key));
        }

        /// @param value null removes the entry
        void set(V value) {
            if (value == null) {
                map.delete(key);
            } else {
                map.set(key, access.bytes(value));
            }
        }
    }

    private <T> T locked(Object key, Function<Locked, T> action) {
        byte[] bytes = access.bytes(key);
        return access.call(() -> {
            map.lock(bytes);
            try {
                return action.apply(new Locked(bytes));
            } finally {
                unlock(bytes);
            }
        });
    }

    private void unlock(byte[] key) {
        try {
            map.unlock(key);
        } catch (IllegalMonitorStateException isUnlocked) {
            // The member that had the key has unlocked it and died before its answer, and the call was made again; or a
            // cut network has split the cluster, where neither part promises more.
        }
    }

    // One entry, read or written.

    @Override
    public V get(Object key) {
        byte[] bytes = access.bytes(key);
        return access.value(access.call(() -> map.get(bytes)));
    }

    @Override
    public boolean containsKey(Object key) {
        byte[] bytes = access.bytes(key);
        return access.call(() -> map.containsKey(bytes));
    }

    @Override
    public V put(K key, V value) {
        byte[] bytes = access.bytes(key);
        byte[] valueBytes = access.bytes(value);
        return access.value(access.call(() -> map.put(bytes, valueBytes)));
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> entries) {
        Map<byte[], byte[]> all = HashMap.newHashMap(entries.size());
        entries.forEach((key, value) -> all.put(access.bytes(key), access.bytes(value)));
        access.run(() -> map.setAll(all));
    }

    // One entry, read and written.

    @Override
    public V putIfAbsent(K key, V value) {
        Objects.requireNonNull(value, "value");
        return setIf(key, Objects::isNull, value);
    }

    @Override
    public V remove(Object key) {
        return setIf(key, Objects::nonNull, null);
    }

    @Override
    public boolean remove(Object key, Object value) {
        return value != null && value.equals(setIf(key, value::equals, null));
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        Objects.requireNonNull(newValue, "newValue");
        Objects.requireNonNull(oldValue, "oldValue");
        return oldValue.equals(setIf(key, oldValue::equals, newValue));
    }

    @Override
    public V replace(K key, V value) {
        Objects.requireNonNull(value, "value");
        return setIf(key, Objects::nonNull, value);
    }

    /// @param value null removes the entry
    /// @return the value that was there, or null
    private V setIf(Object key, Predicate<V> applies, V value) {
        return locked(key, entry -> {
            V there = entry.get();
            if (applies.test(there)) {
                entry.set(value);
            }
            return there;
        });
    }

    /// Each entry by itself, and the function once for it, also for values without `equals`.
    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        for (K key : keySet()) {
            var _ = computeIfPresent(key, (same, there) ->
                    Objects.requireNonNull(function.apply(same, there), "value of the function"));
        }
    }

    @Override
    public V compute(K key, BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        return update(key, there -> function.apply(key, there));
    }

    @Override
    public V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        return update(key, there -> there == null ? null : function.apply(key, there));
    }

    @Override
    public V merge(K key, V value, BiFunction<? super V, ? super V, ? extends V> function) {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(function, "function");
        return update(key, there -> there == null ? value : function.apply(there, value));
    }

    private V update(K key, UnaryOperator<V> function) {
        return locked(key, entry -> {
            V there = entry.get();
            V value = function.apply(there);
            if (there != null || value != null) {
                entry.set(value);
            }
            return value;
        });
    }

    /// Locks only if the key is free.
    @Override
    public V computeIfAbsent(K key, Function<? super K, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        V now = get(key);
        return now != null ? now : locked(key, entry -> {
            V there = entry.get();
            V value = there != null ? there : function.apply(key);
            if (there == null && value != null) {
                entry.set(value);
            }
            return value;
        });
    }

    // All entries.

    @Override
    public int size() {
        return access.call(map::size);
    }

    @Override
    public boolean isEmpty() {
        return access.call(map::isEmpty);
    }

    @Override
    public void clear() {
        access.run(map::clear);
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<K, V>> iterator() {
                return new Entries(access.call(map::iterator));
            }

            @Override
            public Spliterator<Entry<K, V>> spliterator() {
                return unsized(iterator());
            }

            @Override
            public int size() {
                return ClusterMap.this.size();
            }

            @Override
            public boolean contains(Object object) {
                return object instanceof Entry<?, ?> entry && entry.getValue() != null
                        && entry.getValue().equals(get(entry.getKey()));
            }

            @Override
            public boolean remove(Object object) {
                return object instanceof Entry<?, ?> entry && ClusterMap.this.remove(entry.getKey(), entry.getValue());
            }

            @Override
            public void clear() {
                ClusterMap.this.clear();
            }
        };
    }

    @Override
    public Set<K> keySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<K> iterator() {
                return ClusterMap.super.keySet().iterator();
            }

            @Override
            public Spliterator<K> spliterator() {
                return unsized(iterator());
            }

            @Override
            public int size() {
                return ClusterMap.this.size();
            }

            @Override
            public boolean contains(Object key) {
                return containsKey(key);
            }

            @Override
            public boolean remove(Object key) {
                return ClusterMap.this.remove(key) != null;
            }

            @Override
            public void clear() {
                ClusterMap.this.clear();
            }
        };
    }

    @Override
    public Collection<V> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<V> iterator() {
                return ClusterMap.super.values().iterator();
            }

            @Override
            public Spliterator<V> spliterator() {
                return unsized(iterator());
            }

            @Override
            public int size() {
                return ClusterMap.this.size();
            }

            @Override
            public void clear() {
                ClusterMap.this.clear();
            }
        };
    }

    /// Other members add and remove entries between a size and the end of an iteration.
    private static <T> Spliterator<T> unsized(Iterator<T> iterator) {
        return Spliterators.spliteratorUnknownSize(iterator, Spliterator.NONNULL);
    }

    /// Reads batches of entries, as they are at that time.
    private final class Entries implements Iterator<Entry<K, V>> {
        private final Iterator<Entry<byte[], byte[]>> all;
        private K last;

        Entries(Iterator<Entry<byte[], byte[]>> all) {
            this.all = all;
        }

        @Override
        public boolean hasNext() {
            return access.call(all::hasNext);
        }

        @Override
        public Entry<K, V> next() {
            Entry<byte[], byte[]> next = access.call(all::next);
            last = access.value(next.getKey());
            return new SimpleEntry<>(last, access.value(next.getValue())) {
                private static final long serialVersionUID = 1L;

                @Override
                public V setValue(V value) {
                    put(getKey(), value);
                    return super.setValue(value);
                }
            };
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException(access + ": no entry to remove; call next first");
            }
            var _ = ClusterMap.this.remove(last);
            last = null;
        }
    }
}
