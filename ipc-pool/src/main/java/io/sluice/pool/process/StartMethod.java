package io.sluice.pool.process;

/// How a new process comes to be.
public enum StartMethod {
    /// A fresh JVM for each process.
    SPAWN,
    /// A JVM out of a stock that was started before: what Python's `forkserver` is for the JVM.
    STANDBY,
    /// Refused: `fork(2)` copies one thread, and a JVM whose collector, compiler and other threads are gone, with their
    /// locks held for ever, cannot go on.
    FORK
}
