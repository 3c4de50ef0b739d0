package io.sluice.jmh.crossprocess;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// What every message holds, and the work that both sides do on it: longs, the first of which is the sequence.
final class Payload {
    /// Size in bytes, a multiple of 8; a constant of the process, as it would be in a program.
    static final int BYTES = Integer.getInteger("sluice.jmh.payload", 32);

    private Payload() {}

    static void write(MutableDirectBuffer buffer, int index, long sequence) {
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            buffer.putLong(index + at, sequence + at);
        }
    }

    /// Reads everything, and checks it.
    static void check(DirectBuffer buffer, int index, int length, long sequence) {
        long difference = length ^ BYTES;
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            difference |= buffer.getLong(index + at) ^ (sequence + at);
        }
        if (difference != 0) {
            throw wrong(sequence, buffer.getLong(index), length);
        }
    }

    static IllegalStateException wrong(long expected, long found, int length) {
        return new IllegalStateException("expected message %,d of %,d bytes, found %,d of %,d bytes"
                .formatted(expected, BYTES, found, length));
    }
}
