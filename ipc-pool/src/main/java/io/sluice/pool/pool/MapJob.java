package io.sluice.pool.pool;

import io.sluice.core.codec.CodecException;
import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A function and all elements to which it is to be applied. They were encoded when the job was made, and are cut into
/// pieces when workers have room.
///
/// @param <R> type of the results
final class MapJob<R> extends Job {
    private static final AtomicLong IDS = new AtomicLong();
    /// How long a piece should run: long enough that sending it costs little, short enough that others get a turn soon.
    private static final double PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double SHORTEST_PIECE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    /// A first measurement includes what happens once only, so the pieces grow step by step.
    private static final int GROWTH = 8;
    private static final double FIRST_PIECE_NANOS = PIECE_NANOS / GROWTH;

    private final long id = IDS.incrementAndGet();
    private final byte[] function;
    private final Batch elements;
    private final Values values;
    private final Object[] results;
    private final PoolFuture<List<R>> future;
    private final ProgressReports reports;
    private int next;
    private int largest;
    private long left;                       // guarded by this

    MapJob(TaskOptions options, String name, byte[] function, Cost cost, Batch elements, Values values,
            PoolFuture<List<R>> future) {
        super(options, name, cost);
        this.function = function;
        this.elements = elements;
        this.values = values;
        this.results = new Object[elements.size()];
        this.left = elements.size();
        this.future = future;
        this.reports = new ProgressReports(options.progress(), name, elements.size());
        future.belongsTo(this);
    }

    static long nextId() {
        return IDS.incrementAndGet();
    }

    @Override
    long id() {
        return id;
    }

    @Override
    boolean isOver() {
        return super.isOver() || future.isDone();
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
    Piece cut(int workers) {
        int remaining = results.length - next;
        if (remaining == 0) {
            return null;
        }
        int count = Math.min(remaining, options.chunkSize() > 0 ? options.chunkSize() : suitable(remaining, workers));
        int from = next;
        next += count;
        return new Piece(this, from, count, function.length, (buffer, offset) -> {
            buffer.putBytes(offset, function, 0, function.length);
            return function.length + elements.write(from, count, buffer, offset + function.length);
        });
    }

    /// By time, not by number: nobody knows before what an element costs. Toward the end the pieces become smaller, so
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
    void deliver(Piece piece, Message result) {
        try {
            int count = Batch.decode(values, result.buffer, 0, result.length, results, piece.from, handle -> {});
            if (count != piece.count) {
                throw new CodecException("expected %d results, found %d".formatted(piece.count, count));
            }
            for (int i = piece.from; i < piece.from + count; i++) {
                if (results[i] instanceof Failure(Throwable failure)) {
                    fail(piece, failure);
                    return;
                }
            }
        } catch (RuntimeException | Error undecodable) {
            fail(piece, undecodable);
            return;
        }
        long now;
        synchronized (this) {
            left -= piece.count;
            now = left;
        }
        reports.done(results.length - now);
        if (now == 0) {
            over();
            future.deliver((List<R>) Collections.unmodifiableList(Arrays.asList(results)));
        }
    }

    @Override
    void fail(Piece piece, Throwable failure) {
        over();
        future.fail(failure);
    }

    @Override
    void abandon(Throwable failure) {
        over();
        future.fail(failure);
    }
}
