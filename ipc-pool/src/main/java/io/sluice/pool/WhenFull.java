package io.sluice.pool;

/// What a submission does when the backlog of a pool is full.
public enum WhenFull {
    /// Waits until there is room.
    BLOCK,
    /// Throws `RejectedExecutionException`.
    REJECT,
    /// Runs the task itself, in the thread that submits it, and in this process.
    CALLER_RUNS
}
