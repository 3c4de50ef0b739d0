package io.sluice.pool;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import java.lang.foreign.Arena;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// What goes between a pool and its workers, in both directions. One that arrives is the same object each time, and is
/// good until the next one is taken.
final class Message {
    // From the pool.
    /// The body is a `Callable` or a `Runnable`; it is answered by a value.
    static final int CALL = 1;
    /// The body is a function and a batch of its arguments; it is answered by a batch, or the first failure.
    static final int MAP = 2;
    /// As [#MAP], but each failure stands in the batch at its place.
    static final int MAP_EACH = 3;

    // From a worker.
    /// The worker takes tasks from now on.
    static final int READY = 10;
    /// The initializer failed; the body is a failure.
    static final int NOT_READY = 11;
    /// The body is a value.
    static final int VALUE = 12;
    /// The body is a batch of results.
    static final int BATCH = 13;
    /// The task failed; the body is a failure.
    static final int FAILURE = 14;

    // From the pool to itself.
    /// A worker is dead, and everything that it sent was before this.
    static final int DIED = 20;

    private static final int FIRST_BYTES = 512;
    private static final int LARGE_BYTES = 1 << 20;

    int kind;
    /// Number of the worker.
    int worker;
    /// Number of the task; 0 if there is none.
    long task;
    /// The place that the task has with its worker.
    int place;
    /// Number of the job that the task belongs to.
    long job;
    /// How long the task ran, in nanoseconds.
    long nanos;
    /// How many of the body's bytes are the function of a map.
    int functionBytes;

    /// Writes the body of a message that is sent.
    Body body = Body.NONE;
    /// Holds the body of a message that arrived, from index 0; null as long as none has.
    DirectBuffer buffer;
    /// Length of the body that arrived, in bytes.
    int length;
    /// Why the body that arrived is not in the buffer; null if it is.
    OutOfMemoryError refused;

    private final MemoryBuffer window = new MemoryBuffer();
    private ExpandableMemoryBuffer usual;
    /// Owns the memory of a large body; null if it is not large.
    private Arena large;

    /// Takes the body of a message that arrives. One for which there is no memory fails its task, which the header
    /// names, and is not met again.
    void arrive(DirectBuffer source, int index, int bytes) {
        done();
        length = bytes;
        try {
            MutableDirectBuffer target = bytes > LARGE_BYTES ? large(bytes) : usual();
            target.putBytes(0, source, index, bytes);
            buffer = target;
        } catch (OutOfMemoryError error) {
            done();
            length = 0;
            refused = error;
        }
    }

    private MutableDirectBuffer usual() {
        if (usual == null) {
            usual = new ExpandableMemoryBuffer(FIRST_BYTES);
        }
        return usual;
    }

    private MutableDirectBuffer large(int bytes) {
        large = Arena.ofShared();
        window.wrap(large.allocate(bytes, Long.BYTES).address(), bytes);
        return window;
    }

    /// Lets go of a body that was read. What it needed is free at once if it was large;
    /// the garbage collector may not come by for hours.
    void done() {
        buffer = null;
        refused = null;
        if (large != null) {
            Arena used = large;
            large = null;
            used.close();
        }
    }

    /// Writes the body of a message.
    @FunctionalInterface
    interface Body {
        /// A message without a body.
        Body NONE = (buffer, offset) -> 0;

        /// Writes it and says how many bytes that were.
        int write(MutableDirectBuffer buffer, int offset);

        /// A body that was written before.
        static Body of(byte[] bytes) {
            return (buffer, offset) -> {
                buffer.putBytes(offset, bytes, 0, bytes.length);
                return bytes.length;
            };
        }

        /// A body that was written before.
        static Body of(ExpandableMemoryBuffer bytes, int length) {
            return (buffer, offset) -> {
                buffer.putBytes(offset, bytes, 0, length);
                return length;
            };
        }
    }

    /// A message without a body.
    static Message of(int kind, int worker) {
        Message message = new Message();
        message.kind = kind;
        message.worker = worker;
        return message;
    }
}
