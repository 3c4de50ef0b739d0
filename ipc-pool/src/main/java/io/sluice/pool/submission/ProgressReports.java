package io.sluice.pool.submission;

import io.sluice.pool.log.Log;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// Reports the progress of a map to a listener: at a limited rate, one call at a time, the final one last.
///
/// - **Threads:** any.
public final class ProgressReports {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().name("sluice-progress").start(task);

    private final String executor;
    private final Report report;
    private final String job;
    private final long total;
    private final long start = System.nanoTime();
    // Guarded by this.
    private long done;
    private long last = start;
    private CompletableFuture<Void> calls = CompletableFuture.completedFuture(null);

    /// Tells a listener.
    @FunctionalInterface
    public interface Report {
        /// Tells how far the map is.
        ///
        /// @param done elements that are done
        /// @param elapsed since the map began
        void tell(long done, Duration elapsed);
    }

    /// Reports about a map that begins now.
    ///
    /// @param executor kind and, if known, name of the executor, for the log
    /// @param job name of the map, for the log
    /// @param total number of its elements
    /// @param report tells the listener; null for none
    public ProgressReports(String executor, String job, long total, Report report) {
        this.executor = executor;
        this.report = report;
        this.job = job;
        this.total = total;
    }

    /// Some more elements are done; called before the map is, so that its end is reported.
    ///
    /// @param elements their number
    public void done(long elements) {
        if (report != null) {
            add(elements);
        }
    }

    private synchronized void add(long elements) {
        done += elements;
        long now = System.nanoTime();
        if (done == total || (now - last >= PAUSE_NANOS && calls.isDone())) {
            last = now;
            long doneNow = done;
            calls = calls.handleAsync((before, failure) -> tell(doneNow, Duration.ofNanos(now - start)), VIRTUAL);
        }
    }

    private Void tell(long doneNow, Duration elapsed) {
        try {
            report.tell(doneNow, elapsed);
        } catch (Throwable failure) {
            Log.warning("%s: the progress listener of '%s' failed".formatted(executor, job), failure);
        }
        return null;
    }
}
