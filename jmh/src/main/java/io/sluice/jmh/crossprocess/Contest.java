package io.sluice.jmh.crossprocess;

/// What the two processes do in a block. An instance lives in one of them and plays one role there, block after block;
/// numbers of messages go on from block to block.
interface Contest {
    /// Sends for so long, announces the end on the control page, and reports results.
    void send(long millis) throws InterruptedException;

    /// Receives until the announced end, and reports results.
    void receive() throws InterruptedException;
}
