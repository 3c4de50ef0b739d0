package io.sluice.jmh.crossprocess;

/// What one block of one contestant gave.
///
/// @param probeBefore round trip of two bare cache lines right before it, in nanoseconds
/// @param probeAfter the same right after it
/// @param value in the unit of the measure
/// @param messages how many passed
/// @param refusals how often a message was refused since there was no room
/// @param emptyLooks how often a receiver looked and nothing was there
/// @param p99 99 % of the latencies are not above this, in nanoseconds; 0 if the measure has none
/// @param max the greatest latency, in nanoseconds; 0 if the measure has none
record Block(
        long probeBefore,
        long probeAfter,
        double value,
        long messages,
        long refusals,
        long emptyLooks,
        long p99,
        long max) {

    /// How far the cores were apart during the block.
    enum Distance {
        /// Both probes below the border.
        NEAR,
        /// Both probes above the border.
        FAR,
        /// The cores moved during the block; it counts for nothing.
        MOVED
    }

    Distance distance(long nearNanos) {
        if (probeBefore < nearNanos && probeAfter < nearNanos) {
            return Distance.NEAR;
        }
        return probeBefore >= nearNanos && probeAfter >= nearNanos ? Distance.FAR : Distance.MOVED;
    }
}
