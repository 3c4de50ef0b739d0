package io.sluice.pool.manager;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.codec.Failures;
import io.sluice.pool.codec.Values;
import io.sluice.pool.codec.ValuesCodec;
import java.io.Serial;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Turns calls, their outcomes and batches into bytes, in native byte order.
///
/// ```
/// call       number (8) | object (8) | method (8) | for each argument: length (4), value
/// outcome    0 | value, or 1 | exception
/// batch      for each element: length (4), value
/// ```
///
/// - **Threads:** any.
final class Wire {
    /// The identity of both sides, compared before the first message.
    static final Codec<byte[]> CODEC = new Frames();

    static final int CALL_HEADER_BYTES = 3 * Long.BYTES;
    private static final byte RETURNED = 0;
    private static final byte THROWN = 1;
    private static final int BATCH_BYTES = 64 << 10;
    private static final int BATCH_ELEMENTS = 1024;
    private static final int FIRST_BYTES = 256;
    private static final int BUFFERS = 8;
    private static final Object[] NOTHING = {};

    private final Values values;
    private final Failures failures;
    private final AtomicReferenceArray<ExpandableMemoryBuffer> idle = new AtomicReferenceArray<>(BUFFERS);

    /// @param allowed names of classes of the JDK that may travel besides values
    Wire(List<String> allowed) {
        this.values = new Values(allowed, ValuesCodec.HOW_TO_ALLOW);
        this.failures = values.failures();
    }

    // Calls.

    /// @throws CodecException if an argument does not travel; names the part that does not
    byte[] call(long number, long object, long method, Object[] arguments) {
        ExpandableMemoryBuffer buffer = take();
        try {
            buffer.putLong(0, number);
            buffer.putLong(Long.BYTES, object);
            buffer.putLong(2 * Long.BYTES, method);
            int at = CALL_HEADER_BYTES;
            for (Object argument : arguments == null ? NOTHING : arguments) {
                at = writeElement(argument, buffer, at);
            }
            return bytes(buffer, at);
        } finally {
            give(buffer);
        }
    }

    /// The arguments of a call.
    ///
    /// @throws CodecException if the bytes are not that many arguments, or one of a class that may not travel
    Object[] arguments(byte[] call, int count) {
        List<Object> arguments = elements(call, CALL_HEADER_BYTES, count);
        return arguments.toArray();
    }

    byte[] returned(Object value) {
        ExpandableMemoryBuffer buffer = take();
        try {
            buffer.putByte(0, RETURNED);
            return bytes(buffer, 1 + values.encode(value, buffer, 1));
        } finally {
            give(buffer);
        }
    }

    /// @param where it was thrown, for readers of the trace
    byte[] thrown(Throwable failure, String where) {
        ExpandableMemoryBuffer buffer = take();
        try {
            buffer.putByte(0, THROWN);
            return bytes(buffer, 1 + failures.encode(failure, where, buffer, 1));
        } finally {
            give(buffer);
        }
    }

    /// @return the value
    /// @throws Throwable the exception
    Object outcome(byte[] answer) throws Throwable {
        ExpandableMemoryBuffer buffer = filled(answer);
        try {
            if (answer.length > 0 && answer[0] == RETURNED) {
                return values.decode(buffer, 1, answer.length - 1);
            }
            throw failures.decode(buffer, Math.min(1, answer.length), Math.max(0, answer.length - 1));
        } finally {
            give(buffer);
        }
    }

    // Values on their own.

    byte[] encode(Object value) {
        ExpandableMemoryBuffer buffer = take();
        try {
            return bytes(buffer, values.encode(value, buffer, 0));
        } finally {
            give(buffer);
        }
    }

    Object decode(byte[] value) {
        ExpandableMemoryBuffer buffer = filled(value);
        try {
            return values.decode(buffer, 0, value.length);
        } finally {
            give(buffer);
        }
    }

    /// A copy that shares no mutable part with the value.
    Object copy(Object value) {
        return isImmutable(value) ? value : decode(encode(value));
    }

    private static boolean isImmutable(Object value) {
        return value == null || value instanceof String || value instanceof Integer || value instanceof Long
                || value instanceof Boolean || value instanceof Double || value instanceof Remote
                || value instanceof Enum<?>;
    }

    // Batches.

    /// Encodes elements until the batch is full, one at least if there is one.
    Chunk pack(Iterator<?> elements) {
        return pack(elements, BATCH_BYTES, BATCH_ELEMENTS);
    }

    /// Encodes all elements.
    Chunk packAll(List<?> elements) {
        return pack(elements.iterator(), Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    private Chunk pack(Iterator<?> elements, int mostBytes, int most) {
        ExpandableMemoryBuffer buffer = take();
        try {
            int at = 0;
            int count = 0;
            while (at < mostBytes && count < most && elements.hasNext()) {
                at = writeElement(elements.next(), buffer, at);
                count++;
            }
            return new Chunk(count, bytes(buffer, at), 0, null);
        } finally {
            give(buffer);
        }
    }

    /// All elements of the bytes of a batch.
    List<Object> unpackAll(byte[] elements) {
        return elements(elements, 0, -1);
    }

    List<Object> unpack(Chunk chunk) {
        return elements(chunk.elements(), 0, chunk.count());
    }

    private int writeElement(Object element, MutableDirectBuffer buffer, int at) {
        int length = values.encode(element, buffer, at + Integer.BYTES);
        buffer.putInt(at, length);
        return at + Integer.BYTES + length;
    }

    /// @param count how many there must be, or -1 for any number
    private List<Object> elements(byte[] bytes, int from, int count) {
        ExpandableMemoryBuffer buffer = filled(bytes);
        try {
            List<Object> elements = new ArrayList<>();
            int at = from;
            while (at < bytes.length) {
                int length = at <= bytes.length - Integer.BYTES ? buffer.getInt(at) : -1;
                at += Integer.BYTES;
                if (length < 0 || length > bytes.length - at) {
                    throw new CodecException(("message of a manager, %,d bytes: found a value of %,d bytes at byte %,d,"
                            + " expected all within it; it is damaged").formatted(bytes.length, length, at));
                }
                elements.add(values.decode(buffer, at, length));
                at += length;
            }
            if (count >= 0 && elements.size() != count) {
                throw new CodecException(("message of a manager: expected %,d values, found %,d; the message is"
                        + " damaged").formatted(count, elements.size()));
            }
            return elements;
        } finally {
            give(buffer);
        }
    }

    // Buffers: a thread that encodes while it encodes, as in a writeObject of user code, takes a second one.

    private ExpandableMemoryBuffer take() {
        ExpandableMemoryBuffer kept = idle.getAndSet(index(), null);
        return kept != null ? kept : new ExpandableMemoryBuffer(FIRST_BYTES);
    }

    private ExpandableMemoryBuffer filled(byte[] bytes) {
        ExpandableMemoryBuffer buffer = take();
        buffer.putBytes(0, bytes);
        return buffer;
    }

    private void give(ExpandableMemoryBuffer buffer) {
        buffer.trim();
        idle.setRelease(index(), buffer);
    }

    private static int index() {
        return (int) Thread.currentThread().threadId() & (BUFFERS - 1);
    }

    private static byte[] bytes(DirectBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /// The messages of a manager are bytes; what makes this codec another one is its identity.
    private static final class Frames implements Codec<byte[]> {
        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public int encode(byte[] value, MutableDirectBuffer buffer, int offset) {
            buffer.putBytes(offset, value);
            return value.length;
        }

        @Override
        public byte[] decode(DirectBuffer buffer, int offset, int length) {
            byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            return bytes;
        }

        @Override
        public String identity() {
            return "sluice manager 1, " + ByteOrder.nativeOrder();
        }
    }
}
