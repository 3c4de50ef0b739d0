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

    /// Receives the progress of a map.
    @FunctionalInterface
    public interface Listener {
        /// Called about ten times a second while elements complete, and at the end; one call at a time, in a thread of
        /// its own, so that a slow listener delays nothing else. What it throws is logged.
        ///
        /// @param progress the state at the time of the call
        void progressed(Progress progress);
    }
}
