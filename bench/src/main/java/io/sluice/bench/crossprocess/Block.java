package io.sluice.bench.crossprocess;

import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Sample;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// What one block of one subject gave.
///
/// @param probeBefore round trip of two bare cache lines right before it, in nanoseconds
/// @param probeAfter the same right after it
/// @param value in the unit of the measure
/// @param messages how many passed
/// @param refusals how often a message was refused since there was no room
/// @param emptyLooks how often a receiver looked and nothing was there
/// @param latencies in nanoseconds, if the measure has them
record Block(
        long probeBefore,
        long probeAfter,
        double value,
        long messages,
        long refusals,
        long emptyLooks,
        Optional<Histogram> latencies) {

    /// How far the cores were apart during the block.
    Distance distance(long nearNanos) {
        if (probeBefore < nearNanos && probeAfter < nearNanos) {
            return Distance.NEAR;
        }
        return probeBefore >= nearNanos && probeAfter >= nearNanos ? Distance.FAR : Distance.MOVED;
    }

    Sample sample(long nearNanos) {
        double each = Math.max(1, messages);
        return new Sample(
                distance(nearNanos), value, (probeBefore + probeAfter) / 2.0, refusals / each, emptyLooks / each);
    }
}
