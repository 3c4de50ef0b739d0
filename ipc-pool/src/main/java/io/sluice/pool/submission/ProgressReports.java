package io.sluice.pool.submission;

import io.sluice.pool.Progress;
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
    private final Progress.Listener listener;
    private final String job;
    private final long total;
    private final long start = System.nanoTime();
    // Guarded by this.
    private long done;
    private long last = start;
    private CompletableFuture<Void> calls = CompletableFuture.completedFuture(null);

    /// Reports about a map that begins now.
    ///
    /// @param executor kind and, if known, name of the executor, for the log
    /// @param listener gets the reports; null for none
    /// @param job name of the map
    /// @param total number of its elements
    public ProgressReports(String executor, Progress.Listener listener, String job, long total) {
        this.executor = executor;
        this.listener = listener;
        this.job = job;
        this.total = total;
    }

    /// Some more elements are done; called before the map is, so that its end is reported.
    ///
    /// @param elements their number
    public void done(long elements) {
        if (listener != null) {
            add(elements);
        }
    }

    private synchronized void add(long elements) {
        done += elements;
        long now = System.nanoTime();
        if (done == total || (now - last >= PAUSE_NANOS && calls.isDone())) {
            last = now;
            Progress progress = new Progress(job, done, total, Duration.ofNanos(now - start));
            calls = calls.handleAsync((before, failure) -> call(progress), VIRTUAL);
        }
    }

    private Void call(Progress progress) {
        try {
            listener.progressed(progress);
        } catch (Throwable failure) {
            Log.warning("%s: the progress listener of '%s' failed".formatted(executor, job), failure);
        }
        return null;
    }
}
