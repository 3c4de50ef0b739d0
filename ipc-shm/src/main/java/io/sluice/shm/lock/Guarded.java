package io.sluice.shm.lock;

import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Function;

/// Something, and the lock around it: reached only while the lock is held.
///
/// @param lock the lock
/// @param value what it guards; who uses it directly, uses it without the lock
/// @param <T> type of the value
public record Guarded<T>(Lock lock, T value) {
    /// Does something with the value under the lock.
    ///
    /// @param work what to do
    public void run(Consumer<? super T> work) {
        lock.lock();
        try {
            work.accept(value);
        } finally {
            lock.unlock();
        }
    }

    /// Computes something from the value under the lock.
    ///
    /// @param work what to compute
    /// @param <R> type of the result
    /// @return what was computed
    public <R> R get(Function<? super T, ? extends R> work) {
        lock.lock();
        try {
            return work.apply(value);
        } finally {
            lock.unlock();
        }
    }
}
