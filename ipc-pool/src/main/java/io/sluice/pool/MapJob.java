package io.sluice.pool;

import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import io.sluice.shm.object.KeptObjects;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A function and all elements to which it is to be applied. They were encoded when the job was made, and are cut into
/// chunks when workers have room.
///
/// @param <R> type of the results
final class MapJob<R> extends FunctionJob {
    /// How long a chunk should run: long enough that sending it costs little, short enough that others get a turn soon.
    private static final double PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double SHORTEST_PIECE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    /// A first measurement includes what happens once only, so the chunks grow step by step.
    private static final int GROWTH = 8;
    private static final double FIRST_PIECE_NANOS = PIECE_NANOS / GROWTH;

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
        this.reports = new ProgressReports(options.progress(), name, elements.size());
        future.belongsTo(this);
    }

    @Override
    int kind() {
        return Message.MAP;
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

    /// By time, not by number: nobody knows before what an element costs. Toward the end the chunks become smaller, so
    /// that no worker is left with a long one.
    private int suitable(int remaining, int workers) {
        double nanos = nanosPerElement();
        if (nanos == 0) {
            largest = 1;
            return 1;
        }
        double fair = Math.max((double) remaining / (2 * workers), SHORTEST_PIECE_NANOS / nanos);
        long grown = largest == 0 ? (long) Math.max(1, FIRST_PIECE_NANOS / nanos) : (long) largest * GROWTH;
        largest = (int) Math.clamp(PIECE_NANOS / nanos, 1, (double) Math.min(grown, Integer.MAX_VALUE));
        return (int) Math.clamp(fair, 1, largest);
    }

    @Override
    @SuppressWarnings("unchecked") // the function answers with what it is a function to
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
        long now;
        synchronized (this) {
            left -= chunk.count;
            now = left;
        }
        reports.done(results.length - now);
        if (now == 0) {
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
