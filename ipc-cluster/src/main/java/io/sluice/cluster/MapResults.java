package io.sluice.cluster;

import io.sluice.pool.Progress;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.log.Log;
import io.sluice.pool.submission.TaskFailures;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Collects the results of a map, which arrive in parts, and completes its future with the last one or with the first
/// failure.
///
/// - **Threads:** any.
///
/// @param <R> type of the results
final class MapResults<R> {
    private static final long REPORT_MILLIS = 100;

    private final String name;
    private final ClusterFuture<List<R>> future;
    private final Wire wire;
    private final Object[] results;
    private final AtomicInteger left;

    MapResults(String name, ClusterFuture<List<R>> future, int size, Wire wire) {
        this.name = name;
        this.future = future;
        this.wire = wire;
        this.results = new Object[size];
        this.left = new AtomicInteger(size);
    }

    /// Takes the answer for the elements from an index on.
    @SuppressWarnings("unchecked") // a function to R returns Rs
    void arrived(int first, byte[] answer) {
        Object[] some = wire.readAll(answer);
        for (Object result : some) {
            if (result instanceof Failure(Throwable failure)) {
                future.fail(TaskFailures.ofTask(failure));
                return;
            }
        }
        System.arraycopy(some, 0, results, first, some.length);
        if (left.addAndGet(-some.length) == 0) {
            future.complete((List<R>) Collections.unmodifiableList(Arrays.asList(results)));
        }
    }

    /// Reports the progress, in a virtual thread, until the future is done.
    void reportTo(Progress.Listener listener) {
        Thread.ofVirtual().name("sluice-progress").start(() -> report(listener));
    }

    private void report(Progress.Listener listener) {
        long start = System.nanoTime();
        int told = -1;
        for (boolean last = false; !last;) {
            last = future.isDone();
            int done = results.length - left.get();
            if (done > 0 && done != told) {
                told = done;
                try {
                    listener.progressed(new Progress(
                            name, done, results.length, Duration.ofNanos(System.nanoTime() - start)));
                } catch (RuntimeException | Error ofTheListener) {
                    Log.warning("cluster pool: a progress listener failed", ofTheListener);
                }
            }
            if (!last) {
                awaitDone();
            }
        }
    }

    private void awaitDone() {
        try {
            var _ = future.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | CancellationException | InterruptedException goesOn) {
            // The caller looks again.
        }
    }
}
