package io.sluice.bench.start;

/// Something that is started afresh for each sample.
interface Starter extends AutoCloseable {
    /// Prepares the block: what comes before the starts that are measured.
    default void open() throws Exception {
        // Most need nothing.
    }

    /// Starts once, and waits for the answer.
    ///
    /// @return milliseconds until the answer
    double start() throws Exception;

    @Override
    default void close() {
        // Most keep nothing.
    }
}
