package io.sluice.bench.crossprocess;

/// A subject at work: its processes live as long as it is open, and sleep while nothing is asked of them.
interface RunningSubject extends AutoCloseable {
    /// The round trip of two bare cache lines between the two cores, now, in nanoseconds.
    long probe();

    /// Plays one block between two probes.
    Block runBlock(long millis);

    /// What is worth knowing of its processes, for the log.
    String description();

    @Override
    void close();
}
