package io.sluice.pool;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// A message between a pool and its workers, in either direction. Every message that arrives is the same object, valid
/// until the next one is taken.
final class Message {
    // From the pool.
    /// The body is a `Callable` or a `Runnable`; the answer is a value.
    static final int CALL = 1;
    /// The body is a function and a batch of its arguments; the answer is a batch, or the first failure.
    static final int MAP = 2;
    /// As [#MAP], but the answer is a batch in which each failure is an element.
    static final int MAP_EACH = 3;

    // From a worker.
    /// The worker takes tasks now.
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
    /// A worker is dead; all that it sent precedes this message.
    static final int DIED = 20;

    private static final int FIRST_BYTES = 512;
    private static final int LARGE_BYTES = 1 << 20;

    int kind;
    /// Number of the worker.
    int worker;
    /// Number of the task; 0 if there is none.
    long task;
    /// Index of the task's word in the [TaskWords] of its worker.
    int wordIndex;
    /// Number of the job that the task belongs to.
    long job;
    /// Running time of the task, in nanoseconds.
    long nanos;
    /// Number of the body's bytes that are the function of a map.
    int functionBytes;
    /// Context of the task that is sent, in UTF-8; null if there is none.
    byte[] context;

    /// Writes the body of a message that is sent.
    Body body = Body.NONE;
    /// Holds the body of a message that arrived, from index 0; null until one has.
    DirectBuffer buffer;
    /// Length of the body that arrived, in bytes.
    int length;
    /// Why the body that arrived is not in the buffer; null if it is.
    OutOfMemoryError refused;
    /// Context of the task that arrived; null if there is none.
    String arrivedContext;

    private final MemoryBuffer window = new MemoryBuffer();
    private ExpandableMemoryBuffer usual;
    /// Owns the memory of a large body; null if it is not large.
    private Arena large;

    /// Takes the body of a message that arrives. If there is no memory for it, its task fails, which the header names,
    /// and the message is consumed.
    ///
    /// @param contextBytes length of the context, which precedes the body; -1 if there is none
    void arrive(DirectBuffer source, int contextIndex, int contextBytes, int index, int bytes) {
        done();
        length = bytes;
        try {
            if (contextBytes >= 0) {
                byte[] text = new byte[contextBytes];
                source.getBytes(contextIndex, text);
                arrivedContext = new String(text, StandardCharsets.UTF_8);
            }
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

    /// Releases a body that was read. The memory of a large one is free at once; the garbage collector may not run for
    /// hours.
    void done() {
        buffer = null;
        refused = null;
        arrivedContext = null;
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
        Body NONE = new Body() {             // no lambda: each worker sends one first
            @Override
            public int write(MutableDirectBuffer buffer, int offset) {
                return 0;
            }
        };

        /// Writes it and returns the number of bytes written.
        int write(MutableDirectBuffer buffer, int offset);

        /// A body that is already encoded.
        static Body of(byte[] bytes) {
            return (buffer, offset) -> {
                buffer.putBytes(offset, bytes, 0, bytes.length);
                return bytes.length;
            };
        }

        /// A body that is already encoded.
        static Body of(ExpandableMemoryBuffer bytes, int length) {
            return new Body() {              // no lambda: each worker sends its results so
                @Override
                public int write(MutableDirectBuffer buffer, int offset) {
                    buffer.putBytes(offset, bytes, 0, length);
                    return length;
                }
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
