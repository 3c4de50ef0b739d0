package io.sluice.journal;

import java.time.Instant;

/// Nanoseconds since 1970, for the price of `System.nanoTime`; it follows the clock of the system once a second.
final class EpochClock {
    private static final long SECOND = 1_000_000_000L;

    private long base;
    private long read;

    EpochClock() {
        adjust(System.nanoTime());
    }

    long nanos() {
        long now = System.nanoTime();
        if (now - read > SECOND) {
            adjust(now);
        }
        return base + now - read;
    }

    private void adjust(long now) {
        Instant time = Instant.now();
        base = time.getEpochSecond() * SECOND + time.getNano();
        read = now;
    }
}
