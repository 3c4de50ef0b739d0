package io.sluice.pool;

import java.time.Duration;

/// The progress of a map.
///
/// @param job name of the map, see [TaskOptions#name]
/// @param done number of elements that are done
/// @param total number of all elements
/// @param elapsed time since the submission
public record Progress(String job, long done, long total, Duration elapsed) {
    /// Elements per second since the start.
    ///
    /// @return the rate; 0 at the very start
    public double rate() {
        return elapsed.isZero() ? 0 : done * 1e9 / elapsed.toNanos();
    }

    /// The time until the rest is done, at the rate so far.
    ///
    /// @return an estimate; zero while nothing is done
    public Duration remaining() {
        return done == 0
                ? Duration.ZERO : Duration.ofNanos((long) ((total - done) * (double) elapsed.toNanos() / done));
    }
}
