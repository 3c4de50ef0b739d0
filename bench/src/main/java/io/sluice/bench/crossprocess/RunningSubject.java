package io.sluice.bench.crossprocess;

/// A started subject: its processes live as long as it is open, and sleep between orders.
interface RunningSubject extends AutoCloseable {
    /// Measures the round trip of two bare cache lines between the two cores, in nanoseconds.
    long probe();

    /// Runs one block between two probes.
    ///
    /// @param millis length of the block, in milliseconds
    Block runBlock(long millis);

    /// Facts about its processes, for the log.
    String description();

    @Override
    void close();
}
