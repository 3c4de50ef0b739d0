package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

/// A message that is being read: every read is checked against the remaining bytes, and every length before memory is
/// allocated for it.
final class Source {
    private final DirectBuffer buffer;
    private final int end;
    private int at;
    private int depth;

    Source(DirectBuffer buffer, int offset, int length) {
        this.buffer = buffer;
        this.at = offset;
        this.end = offset + length;
    }

    int remaining() {
        return end - at;
    }

    /// Skips the next bytes and returns the position of the first one.
    private int take(int bytes) {
        int start = at;
        if (bytes > end - start) {
            throw tooShort(bytes, end - start);
        }
        at = start + bytes;
        return start;
    }

    private static CodecException tooShort(int expected, int found) {
        return new CodecException("expected " + expected + " more bytes, found " + found);
    }

    /// Checks that nothing is left.
    void end() {
        if (at != end) {
            throw tooLong(end - at);
        }
    }

    private static CodecException tooLong(int left) {
        return new CodecException(
            "expected the end of the message, found " + left + " more bytes; it was written with another codec");
    }

    boolean getBoolean() {
        return getBoolean(buffer, take(1));
    }

    byte getByte() {
        return getByte(buffer, take(Byte.BYTES));
    }

    short getShort() {
        return getShort(buffer, take(Short.BYTES));
    }

    char getChar() {
        return getChar(buffer, take(Character.BYTES));
    }

    int getInt() {
        return getInt(buffer, take(Integer.BYTES));
    }

    long getLong() {
        return getLong(buffer, take(Long.BYTES));
    }

    float getFloat() {
        return getFloat(buffer, take(Float.BYTES));
    }

    double getDouble() {
        return getDouble(buffer, take(Double.BYTES));
    }

    byte[] getBytes(int length) {
        int start = take(length);
        byte[] bytes = new byte[length];
        buffer.getBytes(start, bytes);
        return bytes;
    }

    Object read(Codec<?> codec, int length) {
        return codec.decode(buffer, take(length), length);
    }

    /// Reads a length; each element has at least `elementBytes` bytes.
    int getLength(int elementBytes) {
        int length = getInt();
        if (length < 0 || (long) length * elementBytes > remaining()) {
            throw new CodecException("expected a length of at most " + remaining() / elementBytes
                + " elements in the remaining " + remaining() + " bytes, found " + length);
        }
        return length;
    }

    /// Reads an index into a list of `choices` entries.
    int getChoice(int choices, String of) {
        int choice = getShort() & 0xFFFF;
        if (choice >= choices) {
            throw new CodecException("expected one of the " + choices + " " + of + ", found number " + choice);
        }
        return choice;
    }

    void enter() {
        if (depth++ >= Format.MAX_DEPTH) {
            throw Format.tooDeep();
        }
    }

    void leave() {
        depth--;
    }

    // Primitives at checked positions.

    static boolean getBoolean(DirectBuffer buffer, int at) {
        byte value = buffer.getByte(at);
        if (value != 0 && value != 1) {
            throw notABoolean(value);
        }
        return value == 1;
    }

    private static CodecException notABoolean(byte value) {
        return new CodecException("expected a boolean, 0 or 1, found " + value);
    }

    static byte getByte(DirectBuffer buffer, int at) {
        return buffer.getByte(at);
    }

    static short getShort(DirectBuffer buffer, int at) {
        return buffer.getShort(at, LITTLE_ENDIAN);
    }

    static char getChar(DirectBuffer buffer, int at) {
        return buffer.getChar(at, LITTLE_ENDIAN);
    }

    static int getInt(DirectBuffer buffer, int at) {
        return buffer.getInt(at, LITTLE_ENDIAN);
    }

    static long getLong(DirectBuffer buffer, int at) {
        return buffer.getLong(at, LITTLE_ENDIAN);
    }

    static float getFloat(DirectBuffer buffer, int at) {
        return buffer.getFloat(at, LITTLE_ENDIAN);
    }

    static double getDouble(DirectBuffer buffer, int at) {
        return buffer.getDouble(at, LITTLE_ENDIAN);
    }
}
