package io.sluice.pool.task;

import java.io.Serializable;

/// Work on one argument, in another process.
///
/// @param <A> type of the argument
/// @param <R> type of the result
@FunctionalInterface
public interface TaskFunction<A, R> extends Serializable {
    /// Does the work.
    ///
    /// @param argument a copy of the one submitted
    /// @return the result; travels back
    /// @throws Exception any failure; travels back
    R apply(A argument) throws Exception;
}
