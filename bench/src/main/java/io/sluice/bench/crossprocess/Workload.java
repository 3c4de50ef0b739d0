package io.sluice.bench.crossprocess;

import org.HdrHistogram.Histogram;

/// What the participants do in a block. An instance lives in one of them and plays one role there, block after block;
/// numbers of messages go on from block to block.
interface Workload {
    /// Sends for so long, announces the end on the control page, and reports results.
    void send(long millis) throws InterruptedException;

    /// Receives until the announced end, and reports results.
    void receive() throws InterruptedException;

    /// The latencies of the block, in nanoseconds.
    ///
    /// @return empty if this participant measures none
    default Histogram latencies() {
        return new Histogram(1);
    }
}
