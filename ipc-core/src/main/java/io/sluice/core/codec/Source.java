package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

/// A message while it is read: every read is checked against what is left, and every length before anything is
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

    /// Steps over the next bytes and returns where they begin.
    private int take(int bytes) {
        int start = at;
        if (bytes > end - start) {
            throw new CodecException("expected " + bytes + " more bytes, found " + (end - start));
        }
        at = start + bytes;
        return start;
    }

    byte getByte() {
        return buffer.getByte(take(1));
    }

    boolean getBoolean() {
        byte value = getByte();
        if (value != 0 && value != 1) {
            throw new CodecException("expected a boolean, 0 or 1, found " + value);
        }
        return value == 1;
    }

    short getShort() {
        return buffer.getShort(take(Short.BYTES), LITTLE_ENDIAN);
    }

    char getChar() {
        return buffer.getChar(take(Character.BYTES), LITTLE_ENDIAN);
    }

    int getInt() {
        return buffer.getInt(take(Integer.BYTES), LITTLE_ENDIAN);
    }

    long getLong() {
        return buffer.getLong(take(Long.BYTES), LITTLE_ENDIAN);
    }

    float getFloat() {
        return buffer.getFloat(take(Float.BYTES), LITTLE_ENDIAN);
    }

    double getDouble() {
        return buffer.getDouble(take(Double.BYTES), LITTLE_ENDIAN);
    }

    byte[] getBytes(int length) {
        int start = take(length);
        byte[] bytes = new byte[length];
        buffer.getBytes(start, bytes);
        return bytes;
    }

    /// Reads a length whose elements have at least so many bytes each.
    int getLength(int elementBytes) {
        int length = getInt();
        if (length < 0 || (long) length * elementBytes > remaining()) {
            throw new CodecException("expected a length of at most " + remaining() / elementBytes
                + " elements in the remaining " + remaining() + " bytes, found " + length);
        }
        return length;
    }

    /// Reads a place in a list of so many.
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
}
