package io.sluice.pool;

import java.time.Duration;

/// How far a map has come.
///
/// @param job its name, see [TaskOptions#name]
/// @param done how many elements are done
/// @param total how many there are
/// @param elapsed since it was submitted
public record Progress(String job, long done, long total, Duration elapsed) {
    /// Elements per second since the start.
    ///
    /// @return the rate; 0 at the very start
    public double rate() {
        return elapsed.isZero() ? 0 : done * 1e9 / elapsed.toNanos();
    }

    /// When the rest will be done, if it goes on like this.
    ///
    /// @return an estimate; zero while nothing is done
    public Duration remaining() {
        return done == 0
                ? Duration.ZERO : Duration.ofNanos((long) ((total - done) * (double) elapsed.toNanos() / done));
    }
}
