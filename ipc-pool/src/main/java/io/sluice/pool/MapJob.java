package io.sluice.pool;

import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import io.sluice.pool.submission.ProgressReports;
import io.sluice.shm.object.KeptObjects;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A function and all elements to which it is applied. They are encoded when the job is made, and are cut into chunks
/// when workers have room.
///
/// @param <R> type of the results
final class MapJob<R> extends FunctionJob {
    /// Target running time of a chunk: long enough that sending it costs little, short enough that other jobs wait
    /// little.
    private static final double CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double SHORTEST_CHUNK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    /// The first measurement includes one-time costs, so the chunks grow step by step, by this factor.
    private static final int GROWTH = 8;
    private static final double FIRST_CHUNK_NANOS = CHUNK_NANOS / GROWTH;

    private final Batch elements;
    private final Object[] results;
    private final PoolFuture<List<R>> future;
    private final ProgressReports reports;
    private int next;
    private int largest;
    private long left;                       // guarded by this

    MapJob(TaskOptions options, String name, byte[] function, Cost cost, Batch elements, KeptObjects kept,
            Values values, PoolFuture<List<R>> future) {
        super(options, name, cost, function, kept, values);
        this.elements = elements;
        this.results = new Object[elements.size()];
        this.left = elements.size();
        this.future = future;
        int total = elements.size();
        Progress.Listener listener = options.progress();
        this.reports = new ProgressReports("pool", name, total, listener == null ? null
                : (done, elapsed) -> listener.progressed(new Progress(name, done, total, elapsed)));
        future.belongsTo(this);
    }

    @Override
    int kind() {
        return Message.MAP;
    }

    @Override
    boolean failsAsAWhole() {
        return true;
    }

    @Override
    boolean hasMore() {
        return next < results.length;
    }

    @Override
    Chunk cut(int workers) {
        int remaining = results.length - next;
        if (remaining == 0) {
            return null;
        }
        int count = Math.min(remaining, options.chunkSize() > 0 ? options.chunkSize() : suitable(remaining, workers));
        Chunk chunk = chunk(next, elements, next, count);
        next += count;
        return chunk;
    }

    /// The number of elements for one chunk, by time: the cost of an element is unknown beforehand. Toward the end the
    /// chunks become smaller, so that no worker is left with a long one.
    private int suitable(int remaining, int workers) {
        double nanos = nanosPerElement();
        if (nanos == 0) {
            largest = 1;
            return 1;
        }
        double fair = Math.max((double) remaining / (2 * workers), SHORTEST_CHUNK_NANOS / nanos);
        long grown = largest == 0 ? (long) Math.max(1, FIRST_CHUNK_NANOS / nanos) : (long) largest * GROWTH;
        largest = (int) Math.clamp(CHUNK_NANOS / nanos, 1, (double) Math.min(grown, Integer.MAX_VALUE));
        return (int) Math.clamp(fair, 1, largest);
    }

    @Override
    @SuppressWarnings("unchecked") // a function to R returns Rs
    void deliver(Chunk chunk, Message result) {
        try {
            decode(chunk, result, results, chunk.from);
            for (int i = chunk.from; i < chunk.from + chunk.count; i++) {
                if (results[i] instanceof Failure(Throwable failure)) {
                    fail(chunk, failure);
                    return;
                }
            }
        } catch (RuntimeException | Error undecodable) {
            fail(chunk, undecodable);
            return;
        }
        reports.done(chunk.count);
        boolean isLast;
        synchronized (this) {
            left -= chunk.count;
            isLast = left == 0;
        }
        if (isLast) {
            over();
            future.deliver((List<R>) Collections.unmodifiableList(Arrays.asList(results)));
        }
    }

    @Override
    void abandon(Throwable failure) {
        over();
        future.fail(failure);
    }
}
