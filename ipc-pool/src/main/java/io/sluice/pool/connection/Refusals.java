package io.sluice.pool.connection;

import io.sluice.pool.log.Log;
import java.util.concurrent.TimeUnit;

/// Counts the peers that a listener refused, and logs them: one line a second at most, so that a flood of peers is not
/// a flood of lines.
///
/// - **Threads:** any.
final class Refusals {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long count;
    private long unlogged;
    private long lastNanos = System.nanoTime() - PERIOD_NANOS;

    synchronized long count() {
        return count;
    }

    /// @param what happened, with the name of the listener
    void add(String what) {
        long others;
        synchronized (this) {
            count++;
            long now = System.nanoTime();
            if (now - lastNanos < PERIOD_NANOS) {
                unlogged++;
                return;
            }
            lastNanos = now;
            others = unlogged;
            unlogged = 0;
        }
        Log.refusal(others == 0 ? what : "%s (and %s others since the last line)".formatted(what, others));
    }
}
