package io.sluice.bench.report;

/// What one block of one subject gave.
///
/// @param distance of the cores
/// @param value in the unit of the result
/// @param probeNanos round trip of a bare cache line around it; 0 if nobody looked
/// @param refused how often a message was refused for want of room, for each message
/// @param empty how often a receiver looked and nothing was there, for each message
public record Sample(Distance distance, double value, double probeNanos, double refused, double empty) {
    /// A sample of one process, or of any number of cores.
    ///
    /// @param value in the unit of the result
    /// @return of [Distance#ANY]
    public static Sample of(double value) {
        return new Sample(Distance.ANY, value, 0, 0, 0);
    }
}
