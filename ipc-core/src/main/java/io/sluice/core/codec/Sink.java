package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.MutableDirectBuffer;

/// The other side of [Source]: each method puts a primitive at a position and returns the position behind it.
///
/// They are overloads of one name, so the type of a primitive alone selects the method, also for [WriterAssembler].
final class Sink {
    private Sink() {}

    static int put(boolean value, MutableDirectBuffer buffer, int at) {
        return put((byte) (value ? 1 : 0), buffer, at);
    }

    static int put(byte value, MutableDirectBuffer buffer, int at) {
        buffer.putByte(at, value);
        return at + Byte.BYTES;
    }

    static int put(short value, MutableDirectBuffer buffer, int at) {
        buffer.putShort(at, value, LITTLE_ENDIAN);
        return at + Short.BYTES;
    }

    static int put(char value, MutableDirectBuffer buffer, int at) {
        buffer.putChar(at, value, LITTLE_ENDIAN);
        return at + Character.BYTES;
    }

    static int put(int value, MutableDirectBuffer buffer, int at) {
        buffer.putInt(at, value, LITTLE_ENDIAN);
        return at + Integer.BYTES;
    }

    static int put(long value, MutableDirectBuffer buffer, int at) {
        buffer.putLong(at, value, LITTLE_ENDIAN);
        return at + Long.BYTES;
    }

    static int put(float value, MutableDirectBuffer buffer, int at) {
        buffer.putFloat(at, value, LITTLE_ENDIAN);
        return at + Float.BYTES;
    }

    static int put(double value, MutableDirectBuffer buffer, int at) {
        buffer.putDouble(at, value, LITTLE_ENDIAN);
        return at + Double.BYTES;
    }
}
