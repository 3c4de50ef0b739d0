package io.sluice.pool;

import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import io.sluice.shm.object.KeptObjects;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A function and elements that come one after the other, as whoever iterates over the results asks for them.
final class StreamJob extends FunctionJob {
    /// What the functions of all streams captured, which the pool ends at its own end; this one is removed at its end.
    private final Set<KeptObjects> open;
    private final Receiver receiver;
    private final ConcurrentLinkedQueue<Chunk> chunks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger onTheWay = new AtomicInteger();
    /// What the elements of a chunk captured, if they did, until its results are there.
    private final Map<Chunk, KeptObjects> captured = new ConcurrentHashMap<>();

    /// Gets what comes of each element, in any order; a [Failure] where it failed.
    interface Receiver {
        /// Gets one.
        ///
        /// @param index of the element, modulo 2^32
        /// @param result perhaps null
        void receive(int index, Object result);

        /// Nothing more will come.
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
        var _ = onTheWay.incrementAndGet();  // before its result can come
        try {
            added = chunks.add(chunk);
        } finally {
            if (!added) {
                ended(chunk);
            }
        }
        if (isOver()) {
            letGo();         // the end may have passed by before
        }
    }

    private void ended(Chunk chunk) {
        KeptObjects ofElements = captured.remove(chunk);
        if (ofElements != null) {
            letGo(ofElements);
        }
        var _ = onTheWay.decrementAndGet();
    }

    @Override
    void letGo() {
        super.letGo();
        open.remove(kept);
        captured.values().forEach(Job::letGo);
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

    /// An iteration that nobody continues keeps no pool from its end.
    @Override
    boolean isDone() {
        return isOver() || onTheWay.get() == 0;
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
        for (int i = 0; i < chunk.count; i++) {
            receiver.receive(chunk.from + i, new Failure(failure));
        }
        ended(chunk);
    }

    @Override
    void abandon(Throwable failure) {
        over();
        receiver.broken(failure);
    }
}
