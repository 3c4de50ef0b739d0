package io.sluice.bench.exact;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import java.util.Objects;

/// An object put and taken again. The taken copy stays reachable, so that the compiler cannot remove its allocation.
final class ElementOperations {
    private static final int CAPACITY = 64;

    /// A typical record, of 48 bytes: a header of 12, padding to 16, and four fields of 8.
    ///
    /// @param time of the quote
    /// @param bid price
    /// @param ask price
    /// @param size number
    public record Quote(long time, double bid, double ask, long size) {
        static final int BYTES = 48;
    }

    static final Quote QUOTE = new Quote(1L << 40, 1.5, 2.5, 100);
    /// A `Long` of 24 bytes, outside the JDK's cache.
    static final Long BOXED = 1L << 40;
    static final int BOXED_BYTES = 24;

    private Object taken;

    private ElementOperations() {}

    static Runnable queueOfRecords(SharedSpace space, String name) {
        return queue(space.queue(name, Codec.ofRecord(Quote.class), CAPACITY), QUOTE);
    }

    static Runnable queueOfLongs(SharedSpace space, String name) {
        return queue(space.queue(name, Codec.longs(), CAPACITY), BOXED);
    }

    private static <E> Runnable queue(SharedQueue<E> queue, E element) {
        ElementOperations operations = new ElementOperations();
        return () -> {
            if (!queue.offer(element)) {
                throw new IllegalStateException("the queue is full");
            }
            operations.taken = Objects.requireNonNull(queue.poll(), "the queue is empty");
        };
    }

    static Runnable pipeOfRecords(SharedSpace space, String name) {
        SharedPipe<Quote> pipe = space.pipe(name, Codec.ofRecord(Quote.class), PipeOptions.simplex());
        Connection<Quote> sender = pipe.first();
        Connection<Quote> receiver = pipe.second();
        ElementOperations operations = new ElementOperations();
        return () -> {
            try {
                sender.send(QUOTE);
                operations.taken = receiver.receive();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        };
    }
}
