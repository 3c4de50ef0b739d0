package io.sluice.pool.task;

import java.io.Serializable;

/// Work on two arguments, in another process.
///
/// @param <A> type of the first argument
/// @param <B> type of the second argument
/// @param <R> type of the result
@FunctionalInterface
public interface TaskBiFunction<A, B, R> extends Serializable {
    /// Does the work.
    ///
    /// @param first argument
    /// @param second argument
    /// @return the result; travels back
    /// @throws Exception any failure; travels back
    R apply(A first, B second) throws Exception;
}
