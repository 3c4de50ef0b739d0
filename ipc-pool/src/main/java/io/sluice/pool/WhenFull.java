package io.sluice.pool;

/// What a submission does when the backlog of a pool is full.
public enum WhenFull {
    /// Waits until there is room.
    BLOCK,
    /// Throws `RejectedExecutionException`.
    REJECT,
    /// Runs the task in the submitting thread, in this process.
    CALLER_RUNS
}
