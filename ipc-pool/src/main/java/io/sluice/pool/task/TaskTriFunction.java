package io.sluice.pool.task;

import java.io.Serializable;

/// Work on three arguments, in another process.
///
/// @param <A> type of the first argument
/// @param <B> type of the second argument
/// @param <C> type of the third argument
/// @param <R> type of the result
@FunctionalInterface
public interface TaskTriFunction<A, B, C, R> extends Serializable {
    /// Does the work.
    ///
    /// @param first argument
    /// @param second argument
    /// @param third argument
    /// @return the result; travels back
    /// @throws Exception any failure; travels back
    R apply(A first, B second, C third) throws Exception;
}
