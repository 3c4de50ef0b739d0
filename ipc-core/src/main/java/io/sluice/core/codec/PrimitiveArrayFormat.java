package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Arrays of primitives: a length, then the elements one after the other.
final class PrimitiveArrayFormat extends Format {
    private static final Map<Type, Format> ALL = new HashMap<>();

    private final String name;
    private final int elementBytes;
    private final Writer writer;
    private final Reader reader;

    private interface Writer {
        /// Writes length and elements and returns the position behind them.
        int write(Object array, MutableDirectBuffer buffer, int at);
    }

    private interface Reader {
        Object read(Source source, int length);
    }

    private PrimitiveArrayFormat(String name, int elementBytes, Writer writer, Reader reader) {
        this.name = name;
        this.elementBytes = elementBytes;
        this.writer = writer;
        this.reader = reader;
    }

    static {
        ALL.put(byte.class, ByteArrayFormat.INSTANCE);
        put(boolean.class, 1, PrimitiveArrayFormat::writeBooleans, PrimitiveArrayFormat::readBooleans);
        put(short.class, 2, PrimitiveArrayFormat::writeShorts, PrimitiveArrayFormat::readShorts);
        put(char.class, 2, PrimitiveArrayFormat::writeChars, PrimitiveArrayFormat::readChars);
        put(int.class, 4, PrimitiveArrayFormat::writeInts, PrimitiveArrayFormat::readInts);
        put(long.class, 8, PrimitiveArrayFormat::writeLongs, PrimitiveArrayFormat::readLongs);
        put(float.class, 4, PrimitiveArrayFormat::writeFloats, PrimitiveArrayFormat::readFloats);
        put(double.class, 8, PrimitiveArrayFormat::writeDoubles, PrimitiveArrayFormat::readDoubles);
    }

    private static void put(Class<?> element, int elementBytes, Writer writer, Reader reader) {
        ALL.put(element, new PrimitiveArrayFormat(element.getName() + "[]", elementBytes, writer, reader));
    }

    /// The format of an array of these elements, or `null` if they are references.
    static Format of(Type element) {
        return ALL.get(element);
    }

    /// Checks that the whole array fits, then writes its length; returns the position behind the length.
    private static int begin(MutableDirectBuffer buffer, int at, int length, int elementBytes) {
        long end = (long) at + Integer.BYTES + (long) length * elementBytes;
        if (end > Integer.MAX_VALUE) {
            throw new CodecException("expected an array that ends below 2 GiB, found " + length + " elements");
        }
        buffer.checkLimit((int) end);
        buffer.putInt(at, length, LITTLE_ENDIAN);
        return at + Integer.BYTES;
    }

    private static int writeBooleans(Object array, MutableDirectBuffer buffer, int at) {
        var values = (boolean[]) array;
        int to = begin(buffer, at, values.length, 1);
        for (int i = 0; i < values.length; i++, to += 1) {
            buffer.putByte(to, (byte) (values[i] ? 1 : 0));
        }
        return to;
    }

    private static boolean[] readBooleans(Source source, int length) {
        var values = new boolean[length];
        for (int i = 0; i < length; i++) {
            values[i] = source.getBoolean();
        }
        return values;
    }

    private static int writeShorts(Object array, MutableDirectBuffer buffer, int at) {
        var values = (short[]) array;
        int to = begin(buffer, at, values.length, 2);
        for (int i = 0; i < values.length; i++, to += 2) {
            buffer.putShort(to, values[i], LITTLE_ENDIAN);
        }
        return to;
    }

    private static short[] readShorts(Source source, int length) {
        var values = new short[length];
        for (int i = 0; i < length; i++) {
            values[i] = source.getShort();
        }
        return values;
    }

    private static int writeChars(Object array, MutableDirectBuffer buffer, int at) {
        var values = (char[]) array;
        int to = begin(buffer, at, values.length, 2);
        for (int i = 0; i < values.length; i++, to += 2) {
            buffer.putChar(to, values[i], LITTLE_ENDIAN);
        }
        return to;
    }

    private static char[] readChars(Source source, int length) {
        var values = new char[length];
        for (int i = 0; i < length; i++) {
            values[i] = source.getChar();
        }
        return values;
    }

    private static int writeInts(Object array, MutableDirectBuffer buffer, int at) {
        var values = (int[]) array;
        int to = begin(buffer, at, values.length, 4);
        for (int i = 0; i < values.length; i++, to += 4) {
            buffer.putInt(to, values[i], LITTLE_ENDIAN);
        }
        return to;
    }

    private static int[] readInts(Source source, int length) {
        var values = new int[length];
        for (int i = 0; i < length; i++) {
            values[i] = source.getInt();
        }
        return values;
    }

    private static int writeLongs(Object array, MutableDirectBuffer buffer, int at) {
        var values = (long[]) array;
        int to = begin(buffer, at, values.length, 8);
        for (int i = 0; i < values.length; i++, to += 8) {
            buffer.putLong(to, values[i], LITTLE_ENDIAN);
        }
        return to;
    }

    private static long[] readLongs(Source source, int length) {
        var values = new long[length];
        for (int i = 0; i < length; i++) {
            values[i] = source.getLong();
        }
        return values;
    }

    private static int writeFloats(Object array, MutableDirectBuffer buffer, int at) {
        var values = (float[]) array;
        int to = begin(buffer, at, values.length, 4);
        for (int i = 0; i < values.length; i++, to += 4) {
            buffer.putFloat(to, values[i], LITTLE_ENDIAN);
        }
        return to;
    }

    private static float[] readFloats(Source source, int length) {
        var values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = source.getFloat();
        }
        return values;
    }

    private static int writeDoubles(Object array, MutableDirectBuffer buffer, int at) {
        var values = (double[]) array;
        int to = begin(buffer, at, values.length, 8);
        for (int i = 0; i < values.length; i++, to += 8) {
            buffer.putDouble(to, values[i], LITTLE_ENDIAN);
        }
        return to;
    }

    private static double[] readDoubles(Source source, int length) {
        var values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = source.getDouble();
        }
        return values;
    }

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        return writer.write(value, buffer, at);
    }

    @Override
    Object read(Source source) {
        return reader.read(source, source.getLength(elementBytes));
    }

    @Override
    void describe(Description description) {
        description.append(name);
    }

    @Override
    int max(Set<Format> open) {
        return Codec.UNBOUNDED;
    }

    @Override
    int typical(Set<Format> open) {
        return typicalOfMany(elementBytes);
    }
}
