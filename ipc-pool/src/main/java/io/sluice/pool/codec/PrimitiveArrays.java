package io.sluice.pool.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.sluice.core.codec.CodecException;
import io.sluice.core.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Arrays of primitives: a length, then the elements as in memory, copied as a whole.
final class PrimitiveArrays {
    private PrimitiveArrays() {}

    /// Writes tag, length and elements, and returns the position after them. No `switch` over types: its bootstrap
    /// costs a new worker milliseconds.
    static int write(Object array, MutableDirectBuffer buffer, int at) {
        if (array instanceof byte[] a) {
            return write(Values.BYTES, a, 0, a.length, JAVA_BYTE, buffer, at);
        }
        if (array instanceof int[] a) {
            return write(Values.INTS, a, 0, a.length, JAVA_INT_UNALIGNED, buffer, at);
        }
        if (array instanceof long[] a) {
            return write(Values.LONGS, a, 0, a.length, JAVA_LONG_UNALIGNED, buffer, at);
        }
        if (array instanceof double[] a) {
            return write(Values.DOUBLES, a, 0, a.length, JAVA_DOUBLE_UNALIGNED, buffer, at);
        }
        if (array instanceof float[] a) {
            return write(Values.FLOATS, a, 0, a.length, JAVA_FLOAT_UNALIGNED, buffer, at);
        }
        if (array instanceof char[] a) {
            return write(Values.CHARS, a, 0, a.length, JAVA_CHAR_UNALIGNED, buffer, at);
        }
        if (array instanceof short[] a) {
            return write(Values.SHORTS, a, 0, a.length, JAVA_SHORT_UNALIGNED, buffer, at);
        }
        return writeBooleans((boolean[]) array, buffer, at);
    }

    /// Writes a tag, the length of a range and its elements, and returns the position after them.
    static int write(
            byte tag, Object array, int from, int count, ValueLayout layout, MutableDirectBuffer buffer, int at) {
        long bytes = count * layout.byteSize();
        int to = begin(tag, count, bytes, buffer, at);
        try {
            MemorySegment.copy(array, from, segment(buffer, to, bytes), layout, 0, count);
        } finally {
            Reference.reachabilityFence(buffer);
        }
        return (int) (to + bytes);
    }

    /// Ensures room for the whole array, writes tag and length, and returns the position of the first element.
    static int begin(byte tag, int count, long bytes, MutableDirectBuffer buffer, int at) {
        long end = at + 1L + Integer.BYTES + bytes;
        if (end > Integer.MAX_VALUE) {
            throw new CodecException("expected an array that ends below 2 GiB, found one of " + count + " elements");
        }
        buffer.checkLimit((int) end);
        buffer.putByte(at, tag);
        buffer.putInt(at + 1, count);
        return at + 1 + Integer.BYTES;
    }

    private static int writeBooleans(boolean[] values, MutableDirectBuffer buffer, int at) {
        int to = begin(Values.BOOLEANS, values.length, values.length, buffer, at);
        for (boolean value : values) {
            buffer.putByte(to++, (byte) (value ? 1 : 0));
        }
        return to;
    }

    /// Reads an array after its tag.
    static Object read(byte tag, Input in) {
        return switch (tag) {
            case Values.BYTES -> in.getBytes(in.getLength(1));
            case Values.INTS -> {
                var values = new int[in.getLength(Integer.BYTES)];
                yield read(in, values, values.length, JAVA_INT_UNALIGNED);
            }
            case Values.LONGS -> {
                var values = new long[in.getLength(Long.BYTES)];
                yield read(in, values, values.length, JAVA_LONG_UNALIGNED);
            }
            case Values.DOUBLES -> {
                var values = new double[in.getLength(Double.BYTES)];
                yield read(in, values, values.length, JAVA_DOUBLE_UNALIGNED);
            }
            case Values.FLOATS -> {
                var values = new float[in.getLength(Float.BYTES)];
                yield read(in, values, values.length, JAVA_FLOAT_UNALIGNED);
            }
            case Values.CHARS -> {
                var values = new char[in.getLength(Character.BYTES)];
                yield read(in, values, values.length, JAVA_CHAR_UNALIGNED);
            }
            case Values.SHORTS -> {
                var values = new short[in.getLength(Short.BYTES)];
                yield read(in, values, values.length, JAVA_SHORT_UNALIGNED);
            }
            case Values.BOOLEANS -> readBooleans(in);
            default -> throw new CodecException("expected the tag of a value, found " + tag);
        };
    }

    private static Object read(Input in, Object array, int count, ValueLayout layout) {
        int bytes = (int) (count * layout.byteSize());
        int start = in.take(bytes);
        try {
            MemorySegment.copy(segment(in.buffer(), start, bytes), layout, 0, array, 0, count);
        } finally {
            Reference.reachabilityFence(in.buffer());
        }
        return array;
    }

    private static boolean[] readBooleans(Input in) {
        var values = new boolean[in.getLength(1)];
        int start = in.take(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = in.buffer().getByte(start + i) != 0;
        }
        return values;
    }

    /// A part of a buffer, whose bounds the caller has checked and which the caller keeps reachable.
    static MemorySegment segment(DirectBuffer buffer, int at, long bytes) {
        byte[] array = buffer.byteArray();
        return array == null
            ? Memory.segment(buffer.addressOffset() + at, bytes)
            : MemorySegment.ofArray(array).asSlice((long) buffer.wrapAdjustment() + at, bytes);
    }
}
