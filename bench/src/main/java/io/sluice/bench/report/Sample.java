package io.sluice.bench.report;

/// One sample: a block of a subject.
///
/// @param distance of the cores
/// @param value in the unit of the result
/// @param probeNanos round trip of a bare cache line around the block; 0 if not measured
/// @param refused refused sends for each message, for lack of room
/// @param empty receives without a message for each message
public record Sample(Distance distance, double value, double probeNanos, double refused, double empty) {
    /// A sample that does not depend on the distance of cores.
    ///
    /// @param value in the unit of the result
    /// @return at [Distance#ANY]
    public static Sample of(double value) {
        return new Sample(Distance.ANY, value, 0, 0, 0);
    }
}
