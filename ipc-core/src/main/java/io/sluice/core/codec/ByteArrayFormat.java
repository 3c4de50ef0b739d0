package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Arrays of bytes, copied as a whole.
final class ByteArrayFormat extends Format {
    static final ByteArrayFormat INSTANCE = new ByteArrayFormat();

    private static final int TYPICAL_BYTES = 64;

    private ByteArrayFormat() {}

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        int next = writeWhole(value, buffer, at + Integer.BYTES);
        buffer.putInt(at, next - at - Integer.BYTES, LITTLE_ENDIAN);
        return next;
    }

    @Override
    int writeWhole(Object value, MutableDirectBuffer buffer, int at) {
        var bytes = (byte[]) value;
        buffer.putBytes(at, bytes);
        return at + bytes.length;
    }

    @Override
    Object read(Source source) {
        return source.getBytes(source.getLength(1));
    }

    @Override
    Object readWhole(Source source) {
        return source.getBytes(source.remaining());
    }

    @Override
    void describe(Description description) {
        description.append("byte[]");
    }

    @Override
    int max(Set<Format> open) {
        return Codec.UNBOUNDED;
    }

    @Override
    int typical(Set<Format> open) {
        return TYPICAL_BYTES;
    }
}
