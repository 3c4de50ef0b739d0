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
    /// @param argument what has travelled here
    /// @return the result; travels back
    /// @throws Exception whatever goes wrong; travels back
    R apply(A argument) throws Exception;
}
