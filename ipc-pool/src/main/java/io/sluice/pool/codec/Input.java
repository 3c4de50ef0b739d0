package io.sluice.pool.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.core.codec.CodecException;
import io.sluice.shm.space.ObjectHandle;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/// A cursor over a message: every length is checked against the remaining bytes before memory is allocated for it.
final class Input {
    private final DirectBuffer buffer;
    private final Consumer<? super ObjectHandle> handles;
    private final int end;
    private int at;
    private int depth;

    Input(DirectBuffer buffer, int offset, int length, Consumer<? super ObjectHandle> handles) {
        buffer.boundsCheck(offset, length);
        this.buffer = buffer;
        this.handles = handles;
        this.at = offset;
        this.end = offset + length;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    Consumer<? super ObjectHandle> handles() {
        return handles;
    }

    int remaining() {
        return end - at;
    }

    /// Skips the next bytes and returns the index of the first one.
    int take(int bytes) {
        int start = at;
        if (bytes < 0 || bytes > end - start) {
            throw tooShort(bytes, end - start);
        }
        at = start + bytes;
        return start;
    }

    private static CodecException tooShort(int expected, int found) {
        return new CodecException("expected " + expected + " more bytes, found " + found);
    }

    byte getByte() {
        return buffer.getByte(take(Byte.BYTES));
    }

    short getShort() {
        return buffer.getShort(take(Short.BYTES));
    }

    int getInt() {
        return buffer.getInt(take(Integer.BYTES));
    }

    long getLong() {
        return buffer.getLong(take(Long.BYTES));
    }

    /// Reads a length of elements that take the given number of bytes each.
    int getLength(int elementBytes) {
        int length = getInt();
        if (length < 0 || (long) length * elementBytes > remaining()) {
            throw wrongLength(length, elementBytes);
        }
        return length;
    }

    private CodecException wrongLength(int length, int elementBytes) {
        return new CodecException("expected a length of at most " + remaining() / elementBytes
            + " elements in the remaining " + remaining() + " bytes, found " + length);
    }

    byte[] getBytes(int length) {
        int start = take(length);
        byte[] bytes = new byte[length];
        buffer.getBytes(start, bytes);
        return bytes;
    }

    String getText() {
        return new String(getBytes(getLength(1)), UTF_8);
    }

    void enter() {
        if (depth++ >= Values.MAX_DEPTH) {
            throw Values.tooDeep();
        }
    }

    void leave() {
        depth--;
    }

    /// Checks that no bytes are left.
    void end() {
        if (at != end) {
            throw new CodecException("expected the end of the message, found " + (end - at) + " more bytes");
        }
    }
}
