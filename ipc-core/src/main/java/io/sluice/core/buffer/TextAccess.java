package io.sluice.core.buffer;

import io.sluice.core.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The strings and printed numbers of a buffer, in the format of Agrona: a length of four bytes, then ASCII or UTF-8.
///
/// As there, a `null` string is written as an empty ASCII string and as the UTF-8 string `"null"`, and characters that
/// ASCII lacks become `?`.
@SuppressWarnings("ReachabilityFenceUsage") // no finally: after a throw, no method here touches memory
abstract sealed class TextAccess extends PlainAccess permits MemoryBuffer, ExpandableMemoryBuffer {
    private static final int HEADER = Integer.BYTES;

    TextAccess(boolean expandable) {
        super(expandable);
    }

    // ASCII.

    @Override
    public final String getStringAscii(int index) {
        return getStringAscii(index, getInt(index));
    }

    @Override
    public final String getStringAscii(int index, ByteOrder byteOrder) {
        return getStringAscii(index, getInt(index, byteOrder));
    }

    @Override
    public final String getStringAscii(int index, int length) {
        check(index, HEADER);
        return getStringWithoutLengthAscii(index + HEADER, length);
    }

    @Override
    public final int getStringAscii(int index, Appendable appendable) {
        return getStringAscii(index, getInt(index), appendable);
    }

    @Override
    public final int getStringAscii(int index, Appendable appendable, ByteOrder byteOrder) {
        return getStringAscii(index, getInt(index, byteOrder), appendable);
    }

    @Override
    public final int getStringAscii(int index, int length, Appendable appendable) {
        check(index, HEADER);
        return getStringWithoutLengthAscii(index + HEADER, length, appendable);
    }

    @Override
    public final String getStringWithoutLengthAscii(int index, int length) {
        check(index, length);
        return new String(copy(index, length), StandardCharsets.US_ASCII);
    }

    @Override
    public final int getStringWithoutLengthAscii(int index, int length, Appendable appendable) {
        check(index, length);
        try {
            for (int i = 0; i < length; i++) {
                byte b = Memory.getByte(address + index + i);
                appendable.append(b < 0 ? '?' : (char) b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return length;
    }

    private byte[] copy(int index, int length) {
        byte[] bytes = new byte[length];
        getBytes(index, bytes);
        return bytes;
    }

    @Override
    public final int putStringAscii(int index, String value) {
        return putStringAscii(index, value, NATIVE);
    }

    @Override
    public final int putStringAscii(int index, CharSequence value) {
        return putStringAscii(index, value, NATIVE);
    }

    @Override
    public final int putStringAscii(int index, String value, ByteOrder byteOrder) {
        int length = value == null ? 0 : value.length();
        ensure(index, HEADER + length);
        putInt(index, length, byteOrder);
        return HEADER + putStringWithoutLengthAscii(index + HEADER, value, 0, length);
    }

    @Override
    public final int putStringAscii(int index, CharSequence value, ByteOrder byteOrder) {
        int length = value == null ? 0 : value.length();
        ensure(index, HEADER + length);
        putInt(index, length, byteOrder);
        return HEADER + putStringWithoutLengthAscii(index + HEADER, value, 0, length);
    }

    @Override
    public final int putStringWithoutLengthAscii(int index, String value) {
        return value == null ? 0 : putStringWithoutLengthAscii(index, value, 0, value.length());
    }

    @Override
    public final int putStringWithoutLengthAscii(int index, CharSequence value) {
        return value == null ? 0 : putStringWithoutLengthAscii(index, value, 0, value.length());
    }

    // The next two bodies are equal on purpose: the loop over strings must not share the profile of other sequences.

    @Override
    public final int putStringWithoutLengthAscii(int index, String value, int valueOffset, int length) {
        if (value == null) {
            return 0;
        }
        int count = Math.min(value.length() - valueOffset, length);
        ensure(index, count);
        for (int i = 0; i < count; i++) {
            char c = value.charAt(valueOffset + i);
            Memory.putByte(address + index + i, (byte) (c > 127 ? '?' : c));
        }
        Reference.reachabilityFence(this);
        return count;
    }

    @Override
    public final int putStringWithoutLengthAscii(int index, CharSequence value, int valueOffset, int length) {
        if (value == null) {
            return 0;
        }
        int count = Math.min(value.length() - valueOffset, length);
        ensure(index, count);
        for (int i = 0; i < count; i++) {
            char c = value.charAt(valueOffset + i);
            Memory.putByte(address + index + i, (byte) (c > 127 ? '?' : c));
        }
        Reference.reachabilityFence(this);
        return count;
    }

    // UTF-8.

    @Override
    public final String getStringUtf8(int index) {
        return getStringUtf8(index, getInt(index));
    }

    @Override
    public final String getStringUtf8(int index, ByteOrder byteOrder) {
        return getStringUtf8(index, getInt(index, byteOrder));
    }

    @Override
    public final String getStringUtf8(int index, int length) {
        check(index, HEADER);
        return getStringWithoutLengthUtf8(index + HEADER, length);
    }

    @Override
    public final String getStringWithoutLengthUtf8(int index, int length) {
        check(index, length);
        return new String(copy(index, length), StandardCharsets.UTF_8);
    }

    @Override
    public final int putStringUtf8(int index, String value) {
        return putStringUtf8(index, value, NATIVE, Integer.MAX_VALUE);
    }

    @Override
    public final int putStringUtf8(int index, String value, ByteOrder byteOrder) {
        return putStringUtf8(index, value, byteOrder, Integer.MAX_VALUE);
    }

    @Override
    public final int putStringUtf8(int index, String value, int maxEncodedLength) {
        return putStringUtf8(index, value, NATIVE, maxEncodedLength);
    }

    @Override
    public final int putStringUtf8(int index, String value, ByteOrder byteOrder, int maxEncodedLength) {
        byte[] bytes = utf8(value);
        if (bytes.length > maxEncodedLength) {
            throw new IllegalArgumentException(
                "the string has " + bytes.length + " bytes in UTF-8, the caller allows " + maxEncodedLength);
        }
        ensure(index, HEADER + bytes.length);
        putInt(index, bytes.length, byteOrder);
        putBytes(index + HEADER, bytes);
        return HEADER + bytes.length;
    }

    @Override
    public final int putStringWithoutLengthUtf8(int index, String value) {
        byte[] bytes = utf8(value);
        putBytes(index, bytes);
        return bytes.length;
    }

    private static byte[] utf8(String value) {
        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    // Printed numbers.

    @Override
    public final int parseNaturalIntAscii(int index, int length) {
        check(index, length);
        return (int) AsciiNumbers.parse(address + index, length, false, 0, Integer.MAX_VALUE, "int");
    }

    @Override
    public final long parseNaturalLongAscii(int index, int length) {
        check(index, length);
        return AsciiNumbers.parse(address + index, length, false, 0, Long.MAX_VALUE, "long");
    }

    @Override
    public final int parseIntAscii(int index, int length) {
        check(index, length);
        return (int) AsciiNumbers.parse(
            address + index, length, true, Integer.MIN_VALUE, Integer.MAX_VALUE, "int");
    }

    @Override
    public final long parseLongAscii(int index, int length) {
        check(index, length);
        return AsciiNumbers.parse(address + index, length, true, Long.MIN_VALUE, Long.MAX_VALUE, "long");
    }

    @Override
    public final int putIntAscii(int index, int value) {
        return putLongAscii(index, value);
    }

    @Override
    public final int putLongAscii(int index, long value) {
        int length = AsciiNumbers.length(value);
        ensure(index, length);
        AsciiNumbers.put(address + index, value, length);
        return length;
    }

    @Override
    public final int putNaturalIntAscii(int index, int value) {
        return putNaturalLongAscii(index, value);
    }

    @Override
    public final int putNaturalLongAscii(int index, long value) {
        AsciiNumbers.checkNatural(value);
        return putLongAscii(index, value);
    }

    @Override
    public final int putNaturalIntAsciiFromEnd(int value, int endExclusive) {
        AsciiNumbers.checkNatural(value);
        int start = endExclusive - AsciiNumbers.length(value);
        putLongAscii(start, value);
        return start;
    }

    @Override
    public final void putNaturalPaddedIntAscii(int offset, int length, int value) {
        AsciiNumbers.checkNatural(value);
        int digits = AsciiNumbers.length(value);
        if (digits > length) {
            throw new NumberFormatException("Cannot write " + value + " in " + length + " bytes");
        }
        setMemory(offset, length, (byte) '0');
        AsciiNumbers.put(address + offset + length - digits, value, digits);
    }
}
