package io.sluice.bench.link;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// What every message holds, and the work that both sides do on it: longs, the first of which is the sequence number.
final class Payload {
    private Payload() {}

    static void write(MutableDirectBuffer buffer, int index, long sequence) {
        for (int at = 0; at < Setting.PAYLOAD_BYTES; at += Long.BYTES) {
            buffer.putLong(index + at, sequence + at);
        }
    }

    /// Reads everything, and checks that it belongs together.
    ///
    /// @return the sequence number
    static long read(DirectBuffer buffer, int index, int length) {
        long sequence = buffer.getLong(index);
        long difference = length ^ Setting.PAYLOAD_BYTES;
        for (int at = Long.BYTES; at < Setting.PAYLOAD_BYTES; at += Long.BYTES) {
            difference |= buffer.getLong(index + at) ^ (sequence + at);
        }
        if (difference != 0) {
            throw new IllegalStateException("message %,d of %,d bytes came torn, or with %,d bytes"
                    .formatted(sequence, Setting.PAYLOAD_BYTES, length));
        }
        return sequence;
    }
}
