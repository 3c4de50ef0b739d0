package io.sluice.pool.manager;

import io.sluice.pool.task.Pair;
import java.util.function.BiFunction;
import java.util.function.Function;

/// What a client can call of a map in the server. Each method is atomic.
interface MapService {
    Object get(Object key);

    boolean containsKey(Object key);

    boolean containsValue(Object value);

    int size();

    Object put(Object key, Object value);

    Object putIfAbsent(Object key, Object value);

    /// Keys and values in turn; not atomic as a whole.
    ///
    /// @return how many keys are new
    int putAll(Chunk entries);

    Object remove(Object key);

    boolean remove(Object key, Object value);

    /// Removes the keys of a batch, or those that are not in it; not atomic as a whole.
    boolean removeKeys(Chunk keys, boolean others);

    Object replace(Object key, Object value);

    boolean replace(Object key, Object expected, Object value);

    void clear();

    Object compute(Object key, BiFunction<Object, Object, Object> function);

    Object computeIfAbsent(Object key, Function<Object, Object> function);

    Object computeIfPresent(Object key, BiFunction<Object, Object, Object> function);

    Object merge(Object key, Object value, BiFunction<Object, Object, Object> function);

    /// Atomic for each entry.
    void replaceAll(BiFunction<Object, Object, Object> function);

    /// A value and its stamp, for a function that runs in the client; null if there is none.
    Pair<Object, Long> read(Object key);

    /// Sets a value if the present one has a stamp.
    ///
    /// @param stamp [Stamped#ABSENT] if there must be none
    /// @param value null removes it
    boolean swap(Object key, long stamp, Object value);

    /// Keys and values in turn.
    Chunk entries();
}
