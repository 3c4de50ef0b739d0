package io.sluice.jmh;

import org.agrona.MutableDirectBuffer;

/// What the messages of the benchmarks of rings carry: 32 B, written and read a word at a time.
final class Payload {
    static final int BYTES = 32;

    private Payload() {}

    static void write(MutableDirectBuffer buffer, int index, long value) {
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            buffer.putLong(index + at, value);
        }
    }

    static long sum(MutableDirectBuffer buffer, int index) {
        long sum = 0;
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            sum += buffer.getLong(index + at);
        }
        return sum;
    }
}
