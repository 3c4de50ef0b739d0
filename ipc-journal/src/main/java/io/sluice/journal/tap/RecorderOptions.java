package io.sluice.journal.tap;

import java.time.Duration;
import java.util.Objects;

/// How a recorder reads.
///
/// @param slow what happens when it falls a whole ring behind
/// @param start where a new recording begins; one that goes on begins behind its last record
/// @param follow whether it waits for what comes; otherwise it ends when nothing is left
/// @param forceEvery how often what was recorded is written to the device, 100 years at most; zero leaves that to the
///     kernel
public record RecorderOptions(Slow slow, Start start, boolean follow, Duration forceEvery) {
    /// Nanoseconds of more years may not fit into a `long`.
    private static final Duration MOST_TIME = Duration.ofDays(36_525);

    /// Refuses null, and checks the interval.
    ///
    /// @throws IllegalArgumentException if the interval is negative or too long
    public RecorderOptions {
        Objects.requireNonNull(slow, "slow");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(forceEvery, "forceEvery");
        if (forceEvery.isNegative() || forceEvery.compareTo(MOST_TIME) > 0) {
            throw new IllegalArgumentException(("recorder: forceEvery is %s; an interval is not negative, and %,d days"
                    + " at most; zero leaves the device to the kernel").formatted(forceEvery, MOST_TIME.toDays()));
        }
    }

    /// What happens when the recorder is too slow.
    public enum Slow {
        /// The producers go on; what was overwritten is counted, in a gap record.
        GAP,
        /// The producer of a broadcast waits, and nothing is lost. Other rings have no place for a reader that waits.
        BLOCK
    }

    /// Where a recording begins.
    public enum Start {
        /// With the oldest message that the ring still has, taken or not.
        OLDEST,
        /// With the next message.
        NOW
    }

    /// Gaps are counted, the recording begins with the oldest message, and follows; the kernel writes when it likes.
    ///
    /// @return the options
    public static RecorderOptions defaults() {
        return new RecorderOptions(Slow.GAP, Start.OLDEST, true, Duration.ZERO);
    }

    /// The same with another policy.
    ///
    /// @param policy what happens when it falls behind
    /// @return the options
    public RecorderOptions withSlow(Slow policy) {
        return new RecorderOptions(policy, start, follow, forceEvery);
    }

    /// The same with another beginning.
    ///
    /// @param begin of a new recording
    /// @return the options
    public RecorderOptions withStart(Start begin) {
        return new RecorderOptions(slow, begin, follow, forceEvery);
    }

    /// The same with or without an end.
    ///
    /// @param waits whether it waits for what comes
    /// @return the options
    public RecorderOptions withFollow(boolean waits) {
        return new RecorderOptions(slow, start, waits, forceEvery);
    }

    /// The same with another interval.
    ///
    /// @param interval how often the device is written; zero leaves that to the kernel
    /// @return the options
    public RecorderOptions withForceEvery(Duration interval) {
        return new RecorderOptions(slow, start, follow, interval);
    }
}
