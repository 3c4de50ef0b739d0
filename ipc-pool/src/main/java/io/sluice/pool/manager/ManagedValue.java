package io.sluice.pool.manager;

import java.io.Serial;
import java.io.Serializable;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/// A value that lives in a manager's server: a managed map with one key.
final class ManagedValue<T> implements Manager.Value<T>, Serializable {
    static final String KEY = "value";

    @Serial
    private static final long serialVersionUID = 1L;

    private final ManagedMap<String, T> map;

    ManagedValue(Remote remote) {
        this.map = new ManagedMap<>(remote);
    }

    @Override
    public T get() {
        return map.get(KEY);
    }

    @Override
    public void set(T value) {
        var _ = map.put(KEY, value);
    }

    @Override
    public T getAndSet(T value) {
        return map.put(KEY, value);
    }

    @Override
    public boolean compareAndSet(T expected, T value) {
        return map.replace(KEY, expected, value);
    }

    @Override
    public T updateAndGet(UnaryOperator<T> function) {
        Objects.requireNonNull(function, "function");
        if (map.remote().travels(function)) {
            return map.compute(KEY, new Update<>(function));
        }
        return map.compute(KEY, (_, value) -> Objects.requireNonNull(function.apply(value), "the new value"));
    }

    /// A function of a value as one of a map's entry; travels.
    private record Update<T>(UnaryOperator<T> function)
            implements BiFunction<String, T, T>, Serializable {
        @Override
        public T apply(String key, T value) {
            return Objects.requireNonNull(function.apply(value), "the new value");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ManagedValue<?> that && map.remote().equals(that.map.remote());
    }

    @Override
    public int hashCode() {
        return map.remote().hashCode();
    }

    @Override
    public String toString() {
        return String.valueOf(get());
    }
}
