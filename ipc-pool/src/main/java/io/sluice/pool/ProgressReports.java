package io.sluice.pool;

import io.sluice.pool.log.Log;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// Reports the progress of a map to a listener: at a limited rate, one call at a time, the final one last.
final class ProgressReports {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

    private final Progress.Listener listener;
    private final String job;
    private final long total;
    private final long start = System.nanoTime();
    private long last = start;
    private CompletableFuture<Void> calls = CompletableFuture.completedFuture(null);

    ProgressReports(Progress.Listener listener, String job, long total) {
        this.listener = listener;
        this.job = job;
        this.total = total;
    }

    /// Called by one thread at a time.
    void done(long elements) {
        if (listener == null) {
            return;
        }
        long now = System.nanoTime();
        if (elements == total || (now - last >= PAUSE_NANOS && calls.isDone())) {
            last = now;
            Progress progress = new Progress(job, elements, total, Duration.ofNanos(now - start));
            calls = calls.handleAsync((before, failure) -> call(progress), VIRTUAL);
        }
    }

    private Void call(Progress progress) {
        try {
            listener.progressed(progress);
        } catch (Throwable failure) {
            Log.warning("pool: a progress listener failed", failure);
        }
        return null;
    }
}
