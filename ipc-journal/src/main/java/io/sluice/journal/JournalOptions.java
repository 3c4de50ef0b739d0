package io.sluice.journal;

import java.time.Duration;
import java.util.Objects;

/// How a journal is written: when a cycle ends, what is kept, and how much disk is left free.
///
/// @param rollEvery longest time of a cycle, a second to 100 years
/// @param rollBytes largest size of a cycle in bytes, 64 KiB to 4 GiB
/// @param keepFor cycles that ended longer ago are removed at a roll, 100 years at most; zero keeps all
/// @param keepBytes the oldest cycles are removed at a roll until those before the current one take no more; zero keeps
///     all
/// @param minFreeBytes the writer stops before less of the disk is free, in bytes
public record JournalOptions(
        Duration rollEvery, long rollBytes, Duration keepFor, long keepBytes, long minFreeBytes) {
    private static final long LEAST_BYTES = 1 << 16;
    private static final long MOST_BYTES = 1L << 32;
    private static final Duration LEAST_TIME = Duration.ofSeconds(1);
    /// Nanoseconds of more years, on top of those since 1970, do not fit into a `long`.
    private static final Duration MOST_TIME = Duration.ofDays(36_525);

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public JournalOptions {
        Objects.requireNonNull(rollEvery, "rollEvery");
        Objects.requireNonNull(keepFor, "keepFor");
        if (rollEvery.compareTo(LEAST_TIME) < 0 || rollEvery.compareTo(MOST_TIME) > 0) {
            throw new IllegalArgumentException(("journal: rollEvery is %s; a cycle lasts a second to %,d days; to end"
                    + " cycles by size alone, take the longest time").formatted(rollEvery, MOST_TIME.toDays()));
        }
        if (keepFor.isNegative() || keepFor.compareTo(MOST_TIME) > 0) {
            throw new IllegalArgumentException("journal: keepFor is %s; it is not negative, and %,d days at most; zero"
                    .formatted(keepFor, MOST_TIME.toDays()) + " keeps all");
        }
        if (rollBytes < LEAST_BYTES || rollBytes > MOST_BYTES) {
            throw new IllegalArgumentException("journal: a cycle of %,d bytes is not between %,d and %,d"
                    .formatted(rollBytes, LEAST_BYTES, MOST_BYTES));
        }
        if (keepBytes < 0 || minFreeBytes < 0) {
            throw new IllegalArgumentException("journal: %,d bytes to keep, or %,d to leave free, is negative"
                    .formatted(keepBytes, minFreeBytes));
        }
    }

    /// A cycle of a day or a gibibyte, all are kept, 256 MiB of the disk stay free.
    ///
    /// @return the options
    public static JournalOptions defaults() {
        return new JournalOptions(Duration.ofDays(1), 1L << 30, Duration.ZERO, 0, 256L << 20);
    }

    /// The same with other cycles.
    ///
    /// @param every longest time of a cycle
    /// @param bytes largest size of a cycle
    /// @return the options
    public JournalOptions withRoll(Duration every, long bytes) {
        return new JournalOptions(every, bytes, keepFor, keepBytes, minFreeBytes);
    }

    /// The same with another retention.
    ///
    /// @param time how long cycles are kept after their end; zero keeps all
    /// @param bytes how many bytes of cycles are kept; zero keeps all
    /// @return the options
    public JournalOptions withKeep(Duration time, long bytes) {
        return new JournalOptions(rollEvery, rollBytes, time, bytes, minFreeBytes);
    }

    /// The same with another reserve.
    ///
    /// @param bytes of the disk that stay free
    /// @return the options
    public JournalOptions withMinFree(long bytes) {
        return new JournalOptions(rollEvery, rollBytes, keepFor, keepBytes, bytes);
    }
}
