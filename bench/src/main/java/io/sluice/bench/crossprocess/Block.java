package io.sluice.bench.crossprocess;

import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Sample;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// The result of one block of one subject.
///
/// @param probeBefore round trip of two bare cache lines right before the block, in nanoseconds
/// @param probeAfter the same right after the block
/// @param value in the unit of the measure
/// @param messages number of messages that passed
/// @param refusals number of sends that were refused because there was no room
/// @param emptyLooks number of receives that found no message
/// @param latencies in nanoseconds; empty if the measure has none
record Block(
        long probeBefore,
        long probeAfter,
        double value,
        long messages,
        long refusals,
        long emptyLooks,
        Optional<Histogram> latencies) {

    /// Distance of the cores during the block.
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
