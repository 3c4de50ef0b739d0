package io.sluice.pool.manager;

import io.sluice.pool.task.Pair;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/// A map in the server.
final class ServerMap implements MapService {
    private final Server server;
    private final ConcurrentHashMap<Object, Stamped> map = new ConcurrentHashMap<>();
    private final AtomicLong stamps = new AtomicLong(Stamped.ABSENT);

    ServerMap(Server server) {
        this.server = server;
    }

    private Stamped stamped(Object value) {
        return value == null ? null : new Stamped(value, stamps.incrementAndGet());
    }

    private Object copyOf(Stamped present) {
        return server.copy(Stamped.valueOf(present));
    }

    @Override
    public Object get(Object key) {
        return Stamped.valueOf(map.get(key));
    }

    @Override
    public boolean containsKey(Object key) {
        return map.containsKey(key);
    }

    @Override
    public boolean containsValue(Object value) {
        return map.containsValue(stamped(value));
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public Object put(Object key, Object value) {
        return Stamped.valueOf(map.put(key, stamped(value)));
    }

    @Override
    public Object putIfAbsent(Object key, Object value) {
        return Stamped.valueOf(map.putIfAbsent(key, stamped(value)));
    }

    @Override
    public int putAll(Chunk entries) {
        return fill(server.unpack(entries).iterator());
    }

    int fill(Iterator<Object> keysAndValues) {
        int added = 0;
        while (keysAndValues.hasNext()) {
            added += put(keysAndValues.next(), keysAndValues.next()) == null ? 1 : 0;
        }
        return added;
    }

    @Override
    public Object remove(Object key) {
        return Stamped.valueOf(map.remove(key));
    }

    @Override
    public boolean remove(Object key, Object value) {
        return value != null && map.remove(key, stamped(value));
    }

    @Override
    public boolean removeKeys(Chunk keys, boolean others) {
        Set<Object> named = new HashSet<>(server.unpack(keys));
        return map.keySet().removeIf(key -> named.contains(key) != others);
    }

    @Override
    public Object replace(Object key, Object value) {
        return Stamped.valueOf(map.replace(key, stamped(value)));
    }

    @Override
    public boolean replace(Object key, Object expected, Object value) {
        return map.replace(key, stamped(expected), stamped(value));
    }

    @Override
    public void clear() {
        map.clear();
    }

    @Override
    public Object compute(Object key, BiFunction<Object, Object, Object> function) {
        return Stamped.valueOf(map.compute(key, (_, present) -> stamped(function.apply(key, copyOf(present)))));
    }

    @Override
    public Object computeIfAbsent(Object key, Function<Object, Object> function) {
        return Stamped.valueOf(map.computeIfAbsent(key, _ -> stamped(function.apply(key))));
    }

    @Override
    public Object computeIfPresent(Object key, BiFunction<Object, Object, Object> function) {
        return Stamped.valueOf(map.computeIfPresent(
                key, (_, present) -> stamped(function.apply(key, copyOf(present)))));
    }

    @Override
    public Object merge(Object key, Object value, BiFunction<Object, Object, Object> function) {
        return Stamped.valueOf(map.merge(
                key, stamped(value), (present, _) -> stamped(function.apply(copyOf(present), value))));
    }

    @Override
    public void replaceAll(BiFunction<Object, Object, Object> function) {
        map.replaceAll((key, present) -> stamped(Objects.requireNonNull(function.apply(key, copyOf(present)))));
    }

    @Override
    public Pair<Object, Long> read(Object key) {
        Stamped present = map.get(key);
        return present == null ? null : new Pair<>(present.value(), present.stamp());
    }

    @Override
    public boolean swap(Object key, long stamp, Object value) {
        if (stamp == Stamped.ABSENT) {
            return value != null && map.putIfAbsent(key, stamped(value)) == null;
        }
        boolean[] swapped = new boolean[1];
        var _ = map.computeIfPresent(key, (_, present) -> {
            swapped[0] = present.stamp() == stamp;
            return swapped[0] ? stamped(value) : present;
        });
        return swapped[0];
    }

    @Override
    public Chunk entries() {
        return Batches.first(server, parts().iterator());
    }

    /// Keys and values in turn.
    Stream<Object> parts() {
        return map.entrySet().stream().flatMap(ServerMap::parts);
    }

    private static Stream<Object> parts(Map.Entry<Object, Stamped> entry) {
        return Stream.of(entry.getKey(), entry.getValue().value());
    }
}
