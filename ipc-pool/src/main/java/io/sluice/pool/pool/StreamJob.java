package io.sluice.pool.pool;

import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import io.sluice.shm.space.KeptObjects;
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
    private final ConcurrentLinkedQueue<Piece> pieces = new ConcurrentLinkedQueue<>();
    private final AtomicInteger onTheWay = new AtomicInteger();
    /// What the elements of a piece captured, if they did, until its results are there.
    private final Map<Piece, KeptObjects> captured = new ConcurrentHashMap<>();

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
        Piece piece = piece(from, batch, 0, batch.size());
        if (!ofElements.isEmpty()) {
            captured.put(piece, ofElements);
        }
        boolean added = false;
        var _ = onTheWay.incrementAndGet();  // before its result can come
        try {
            added = pieces.add(piece);
        } finally {
            if (!added) {
                ended(piece);
            }
        }
        if (isOver()) {
            letGo();         // the end may have passed by before
        }
    }

    private void ended(Piece piece) {
        KeptObjects ofElements = captured.remove(piece);
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
    Piece cut(int workers) {
        return pieces.poll();
    }

    @Override
    boolean hasMore() {
        return !pieces.isEmpty();
    }

    /// An iteration that nobody continues keeps no pool from its end.
    @Override
    boolean isDone() {
        return isOver() || onTheWay.get() == 0;
    }

    @Override
    void deliver(Piece piece, Message result) {
        Object[] results = new Object[piece.count];
        try {
            decode(piece, result, results, 0);
        } catch (RuntimeException | Error undecodable) {
            fail(piece, undecodable);
            return;
        }
        for (int i = 0; i < results.length; i++) {
            receiver.receive(piece.from + i, results[i]);
        }
        ended(piece);
    }

    @Override
    void fail(Piece piece, Throwable failure) {
        for (int i = 0; i < piece.count; i++) {
            receiver.receive(piece.from + i, new Failure(failure));
        }
        ended(piece);
    }

    @Override
    void abandon(Throwable failure) {
        over();
        receiver.broken(failure);
    }
}
