package io.sluice.shm;

import java.io.Serializable;

/// Work for another party: another thread, or another JVM to which the lambda travels.
///
/// @param <T> what it answers; must be serializable if it has to travel
@FunctionalInterface
public interface Job<T> extends Serializable {
    /// Does the job.
    ///
    /// @param desk what the party works with
    /// @return the answer
    /// @throws Exception what the caller gets
    T run(Desk desk) throws Exception;
}
