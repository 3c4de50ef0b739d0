package io.sluice.core.buffer;

import io.sluice.core.memory.Memory;
import org.agrona.AsciiNumberFormatException;

/// Decimal numbers as ASCII digits in native memory. Callers have checked the bounds.
final class AsciiNumbers {
    private AsciiNumbers() {}

    /// Parses `length` digits, the first of which may be a minus if `signed`.
    ///
    /// The value is accumulated as a negative number, since negative numbers have the larger range; `limit` is the
    /// smallest value of the target type, or the negated largest one.
    static long parse(long address, int length, boolean signed, long min, long max, String type) {
        if (length <= 0) {
            throw new AsciiNumberFormatException("empty string: length=" + length);
        }
        boolean negative = signed && Memory.getByte(address) == '-';
        int start = negative ? 1 : 0;
        if (start == length) {
            throw malformed(address, length, type);
        }
        long limit = negative ? min : -max;
        long value = 0;
        for (int i = start; i < length; i++) {
            int digit = Memory.getByte(address + i) - '0';
            if (digit < 0 || digit > 9) {
                throw malformed(address, length, type);
            }
            if (value < (limit + digit) / 10) {
                throw overflow(address, length, type);
            }
            value = value * 10 - digit;
        }
        return negative ? value : -value;
    }

    private static AsciiNumberFormatException malformed(long address, int length, String type) {
        return new AsciiNumberFormatException("error parsing " + type + ": " + text(address, length));
    }

    private static AsciiNumberFormatException overflow(long address, int length, String type) {
        return new AsciiNumberFormatException(type + " overflow parsing: " + text(address, length));
    }

    private static String text(long address, int length) {
        var shown = new StringBuilder();
        for (int i = 0; i < Math.min(length, 64); i++) {
            byte b = Memory.getByte(address + i);
            shown.append(b < ' ' ? '?' : (char) b);
        }
        return shown.toString();
    }

    /// How many bytes [#put] writes.
    static int length(long value) {
        int length = value < 0 ? 2 : 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            length++;
        }
        return length;
    }

    /// Writes the value, with a minus if it is negative, into exactly `length` bytes.
    static void put(long address, long value, int length) {
        long rest = value;
        long at = address + length;
        do {
            Memory.putByte(--at, (byte) ('0' + Math.abs(rest % 10)));
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            Memory.putByte(--at, (byte) '-');
        }
    }

    /// Refuses a negative value where a natural number is expected.
    static void checkNatural(long value) {
        if (value < 0) {
            throw new NumberFormatException("a natural number is expected, found " + value);
        }
    }
}
