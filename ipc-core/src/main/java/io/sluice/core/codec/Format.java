package io.sluice.core.codec;

import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// The bytes of one kind of value.
///
/// Writing threads the position and the depth through its arguments and returns the next position, so that it needs no
/// object of its own; reading moves a [Source]. Neither sees `null`: [#writeNullable] and [#readNullable] put a byte in
/// front of every reference that is part of something else.
abstract class Format {
    /// Maximum depth of nested values: records that contain themselves, collections of collections.
    static final int MAX_DEPTH = 64;

    private static final byte ABSENT = 0;
    private static final byte PRESENT = 1;
    private static final int TYPICAL_LIMIT = 1 << 20;

    /// Writes a value that is not `null` and returns the position behind it.
    abstract int write(Object value, MutableDirectBuffer buffer, int at, int depth);

    /// Reads a value, never `null`.
    abstract Object read(Source source);

    /// Appends the name of the type, with its parts at the first mention.
    abstract void describe(Description description);

    /// The longest encoding or [Codec#UNBOUNDED]; `open` holds the records whose length is being computed.
    abstract int max(Set<Format> open);

    /// The usual length; `open` holds the records whose length is being computed.
    abstract int typical(Set<Format> open);

    /// Writes a value that is the whole message.
    int writeWhole(Object value, MutableDirectBuffer buffer, int at) {
        return write(value, buffer, at, 0);
    }

    /// Reads a value that is the whole message.
    Object readMessage(DirectBuffer buffer, int offset, int length) {
        var source = new Source(buffer, offset, length);
        Object value = readWhole(source);
        source.end();
        return value;
    }

    /// Reads a value that is the rest of the message.
    Object readWhole(Source source) {
        return read(source);
    }

    final int writeNullable(Object value, MutableDirectBuffer buffer, int at, int depth) {
        if (value == null) {
            buffer.putByte(at, ABSENT);
            return at + 1;
        }
        buffer.putByte(at, PRESENT);
        return write(value, buffer, at + 1, depth);
    }

    final Object readNullable(Source source) {
        byte presence = source.getByte();
        return switch (presence) {
            case ABSENT -> null;
            case PRESENT -> read(source);
            default -> throw new CodecException("expected a presence byte, 0 or 1, found " + presence);
        };
    }

    static int deeper(int depth) {
        if (depth >= MAX_DEPTH) {
            throw tooDeep();
        }
        return depth + 1;
    }

    static CodecException tooDeep() {
        return new CodecException(
            "expected at most " + MAX_DEPTH + " levels of nesting, found more; flatten the value or break its cycle");
    }

    static int plus(int left, int right) {
        long sum = (long) left + right;
        return left < 0 || right < 0 || sum > Integer.MAX_VALUE ? Codec.UNBOUNDED : (int) sum;
    }

    /// The usual length of a length and eight elements.
    static int typicalOfMany(int element) {
        return limited(Integer.BYTES + 8L * element);
    }

    static int limited(long bytes) {
        return (int) Math.min(TYPICAL_LIMIT, bytes);
    }
}
