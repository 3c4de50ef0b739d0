package io.sluice.shm.lock;

import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Function;

/// A value and the lock that guards it: [#run] and [#get] use the value while they hold the lock.
///
/// @param lock the lock
/// @param value the guarded value; direct use of it is without the lock
/// @param <T> type of the value
public record Guarded<T>(Lock lock, T value) {
    /// Runs work on the value under the lock.
    ///
    /// @param work gets the value
    public void run(Consumer<? super T> work) {
        lock.lock();
        try {
            work.accept(value);
        } finally {
            lock.unlock();
        }
    }

    /// Computes a result from the value under the lock.
    ///
    /// @param work computes the result
    /// @param <R> type of the result
    /// @return the result
    public <R> R get(Function<? super T, ? extends R> work) {
        lock.lock();
        try {
            return work.apply(value);
        } finally {
            lock.unlock();
        }
    }
}
