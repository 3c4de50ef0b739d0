package io.sluice.pool;

import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import io.sluice.pool.submission.MustRun;
import io.sluice.shm.object.KeptObjects;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A function and elements that arrive one after the other, as the reader of the results asks for them.
final class StreamJob extends FunctionJob {
    private static final Consumer<StreamJob> RELEASE_ELEMENTS = StreamJob::releaseElements;

    /// What the functions of all unfinished streams captured; the pool closes it at its end. This one is removed at the
    /// end of the stream.
    private final Set<KeptObjects> open;
    private final Receiver receiver;
    private final ConcurrentLinkedQueue<Chunk> chunks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    /// What the elements of a chunk captured, if anything, until its results are there.
    private final Map<Chunk, KeptObjects> captured = new ConcurrentHashMap<>();

    /// Takes the result of each element, in any order; a [Failure] where it failed.
    interface Receiver {
        /// Takes one result.
        ///
        /// @param index of the element, modulo 2^32
        /// @param result perhaps null
        void receive(int index, Object result);

        /// No more results will come.
        void broken(Throwable why);
    }

    StreamJob(TaskOptions options, String name, byte[] function, Cost cost, KeptObjects kept, Values values,
            Set<KeptObjects> open, Receiver receiver) {
        super(options, name, cost, function, kept, values);
        this.open = open;
        this.receiver = receiver;
    }

    /// Adds elements, encoded now.
    ///
    /// @param from index of the first
    void add(int from, List<?> elements) {
        KeptObjects ofElements = new KeptObjects();
        Batch batch = ofElements.collect(() -> Batch.encodeAll(values(), elements));
        Chunk chunk = chunk(from, batch, 0, batch.size());
        if (!ofElements.isEmpty()) {
            captured.put(chunk, ofElements);
        }
        boolean added = false;
        var _ = inFlight.incrementAndGet();  // before its result can come
        try {
            added = chunks.add(chunk);
        } finally {
            if (!added) {
                ended(chunk);
            }
        }
        if (isOver()) {
            release();         // the end may have passed by before
        }
    }

    private void ended(Chunk chunk) {
        KeptObjects ofElements = captured.remove(chunk);
        if (ofElements != null) {
            release(ofElements);
        }
        var _ = inFlight.decrementAndGet();
    }

    @Override
    void release() {
        super.release();
        open.remove(kept);
        MustRun.repeat(RELEASE_ELEMENTS, this);
    }

    private void releaseElements() {
        captured.values().forEach(Job::release);
    }

    @Override
    int kind() {
        return Message.MAP_EACH;
    }

    @Override
    Chunk cut(int workers) {
        return chunks.poll();
    }

    @Override
    boolean hasMore() {
        return !chunks.isEmpty();
    }

    /// An abandoned iteration does not keep the pool from its end.
    @Override
    boolean isDone() {
        return isOver() || inFlight.get() == 0;
    }

    @Override
    void deliver(Chunk chunk, Message result) {
        Object[] results = new Object[chunk.count];
        try {
            decode(chunk, result, results, 0);
        } catch (RuntimeException | Error undecodable) {
            fail(chunk, undecodable);
            return;
        }
        for (int i = 0; i < results.length; i++) {
            receiver.receive(chunk.from + i, results[i]);
        }
        ended(chunk);
    }

    @Override
    void fail(Chunk chunk, Throwable failure) {
        Failure result = new Failure(failure);
        for (int i = 0; i < chunk.count; i++) {
            receiver.receive(chunk.from + i, result);
        }
        ended(chunk);
    }

    /// The receiver is told first, since a release may wait for memory.
    @Override
    void abandon(Throwable failure) {
        withdraw();
        receiver.broken(failure);
        release();
    }
}
