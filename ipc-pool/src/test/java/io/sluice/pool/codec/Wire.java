package io.sluice.pool.codec;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.shm.space.ObjectHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The bytes between two processes: written at an odd offset into memory that must grow, read from a window that ends
/// with the bytes.
final class Wire {
    private static final int OFFSET = 3;

    private Wire() {}

    static Values values(String... allowed) {
        return new Values(List.of(allowed));
    }

    static byte[] encode(Object value) {
        return encode(values(), value);
    }

    static byte[] encode(Values values, Object value) {
        var buffer = new ExpandableMemoryBuffer(64);
        return copy(buffer, values.encode(value, buffer, OFFSET));
    }

    static byte[] encodeFailure(Throwable failure) {
        var buffer = new ExpandableMemoryBuffer(64);
        return copy(buffer, values().failures().encode(failure, "worker-1, process 42", buffer, OFFSET));
    }

    static byte[] encodeResults(Object... results) {
        var buffer = new ExpandableMemoryBuffer(64);
        return copy(buffer, Batch.encode(values(), results, results.length, buffer, OFFSET));
    }

    static byte[] write(Batch batch, int from, int count) {
        var buffer = new ExpandableMemoryBuffer(64);
        return copy(buffer, batch.write(from, count, buffer, OFFSET));
    }

    private static byte[] copy(ExpandableMemoryBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(OFFSET, bytes);
        return bytes;
    }

    static MemoryBuffer window(byte[] bytes) {
        var window = new MemoryBuffer();
        window.wrap(ByteBuffer.allocateDirect(bytes.length).put(0, bytes));
        return window;
    }

    static Object decode(byte[] bytes) {
        return decode(values(), bytes);
    }

    static Object decode(Values values, byte[] bytes) {
        return values.decode(window(bytes), 0, bytes.length);
    }

    static Object decode(byte[] bytes, Consumer<ObjectHandle> handles) {
        return values().decode(window(bytes), 0, bytes.length, handles);
    }

    static Throwable decodeFailure(byte[] bytes) {
        return values().failures().decode(window(bytes), 0, bytes.length);
    }

    static Object[] decodeBatch(byte[] bytes, int most) {
        var target = new Object[most];
        int count = Batch.decode(values(), window(bytes), 0, bytes.length, target, 0, handle -> {});
        return Arrays.copyOf(target, count);
    }

    /// Encodes and decodes a value.
    @SuppressWarnings("unchecked") // a copy has the type of the original
    static <T> T send(T value) {
        return (T) decode(encode(value));
    }
}
