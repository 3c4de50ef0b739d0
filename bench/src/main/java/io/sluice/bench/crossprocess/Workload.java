package io.sluice.bench.crossprocess;

import org.HdrHistogram.Histogram;

/// What the participants do in a block. An instance belongs to one participant and has one role, block after block.
/// Message numbers continue from block to block.
interface Workload {
    /// Sends for `millis` milliseconds, publishes the end on the control page, and reports results.
    void send(long millis) throws InterruptedException;

    /// Receives until the published end, and reports results.
    void receive() throws InterruptedException;

    /// The latencies of the block.
    ///
    /// @return in nanoseconds; empty if this participant measures none
    default Histogram latencies() {
        return new Histogram(1);
    }
}
