package io.sluice.pool;

import java.util.concurrent.TimeUnit;

/// The starts of workers in a row that came to nothing: how long the next one waits, and whether there is hope left.
///
/// Workers that start together and fail for one reason count once: a start counts only if it began after the last one
/// that was counted, as its number tells.
///
/// - **Threads:** the scheduler.
final class FailedStarts {
    private static final int THAT_FAIL_BY_THEMSELVES = 3;
    /// With the pauses between them, three quarters of a minute.
    private static final int THAT_ARE_KILLED = 15;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private int failed;
    private int killed;
    private int counting;

    /// A start failed by itself. If that goes on, the next ones would as well.
    ///
    /// @param number of the worker
    /// @param next number of the worker that is started next
    /// @return whether that was one too many
    boolean failed(int number, int next) {
        boolean counts = counts(number, next);
        failed += counts ? 1 : 0;
        return counts && failed >= THAT_FAIL_BY_THEMSELVES;
    }

    /// A worker was killed from outside before it was ready. That may end; but where no other worker is left, callers
    /// wait for it, and not without end.
    ///
    /// @param number of the worker
    /// @param next number of the worker that is started next
    /// @param alone whether no worker is ready
    /// @return whether that was one too many
    boolean killed(int number, int next, boolean alone) {
        boolean counts = counts(number, next);
        killed += counts ? 1 : 0;
        return counts && alone && killed >= THAT_ARE_KILLED;
    }

    private boolean counts(int number, int next) {
        boolean counts = number >= counting;
        counting = counts ? next : counting;
        return counts;
    }

    /// A worker is ready: the row is at its end.
    void end() {
        failed = 0;
        killed = 0;
    }

    int inARow() {
        return failed + killed;
    }

    /// How long the next start waits: not at all behind the first failure, and then each time longer.
    long pauseNanos() {
        return inARow() < 2 ? 0 : Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(inARow() - 2, 10));
    }
}
