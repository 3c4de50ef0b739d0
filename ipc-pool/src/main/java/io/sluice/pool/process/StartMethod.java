package io.sluice.pool.process;

/// How a new process is started.
public enum StartMethod {
    /// A fresh JVM for each process.
    SPAWN,
    /// A JVM from a stock that was started before, comparable to Python's `forkserver`.
    STANDBY,
    /// Refused: `fork(2)` copies one thread. A JVM without its collector, compiler and other threads, whose locks stay
    /// held, cannot go on.
    FORK
}
