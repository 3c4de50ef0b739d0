package io.sluice.pool;

import java.util.concurrent.TimeUnit;

/// Counts failed starts of workers in a row: how long the next start waits, and when the pool gives up.
///
/// Workers that start together and fail for one reason count once: a start counts only if it began after the last one
/// that was counted, as its number tells.
///
/// - **Threads:** the scheduler.
final class FailedStarts {
    private static final int MAX_FAILED = 3;
    /// With the pauses between them, three quarters of a minute.
    private static final int MAX_KILLED = 15;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private int failed;
    private int killed;
    /// Lowest number of a worker whose failure counts.
    private int countedFrom;

    /// Notes a start that failed by itself; the following ones are likely to fail as well.
    ///
    /// @param number of the worker
    /// @param next number of the worker that is started next
    /// @return whether the limit is reached
    boolean failed(int number, int next) {
        boolean counts = counts(number, next);
        failed += counts ? 1 : 0;
        return counts && failed >= MAX_FAILED;
    }

    /// Notes a worker that was killed from outside before it was ready. The cause may be temporary; but without any
    /// ready worker, callers wait for it, and their wait must end.
    ///
    /// @param number of the worker
    /// @param next number of the worker that is started next
    /// @param alone whether no worker is ready
    /// @return whether the limit is reached
    boolean killed(int number, int next, boolean alone) {
        boolean counts = counts(number, next);
        killed += counts ? 1 : 0;
        return counts && alone && killed >= MAX_KILLED;
    }

    private boolean counts(int number, int next) {
        boolean counts = number >= countedFrom;
        countedFrom = counts ? next : countedFrom;
        return counts;
    }

    /// Notes a ready worker, which ends the row.
    void end() {
        failed = 0;
        killed = 0;
    }

    int inARow() {
        return failed + killed;
    }

    /// How long the next start waits, in nanoseconds: 0 after the first failure, and longer after each further one.
    long pauseNanos() {
        return inARow() < 2 ? 0 : Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(inARow() - 2, 10));
    }
}
