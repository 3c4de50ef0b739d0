package io.sluice.bench.link;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// The content of every message, and the work of both sides on it: longs, the first of which is the sequence number.
final class Payload {
    private Payload() {}

    static void write(MutableDirectBuffer buffer, int index, long sequence) {
        for (int at = 0; at < Setting.PAYLOAD_BYTES; at += Long.BYTES) {
            buffer.putLong(index + at, sequence + at);
        }
    }

    /// Reads all longs, and checks that they belong to one message.
    ///
    /// @return the sequence number
    static long read(DirectBuffer buffer, int index, int length) {
        long sequence = buffer.getLong(index);
        long difference = length ^ Setting.PAYLOAD_BYTES;
        for (int at = Long.BYTES; at < Setting.PAYLOAD_BYTES; at += Long.BYTES) {
            difference |= buffer.getLong(index + at) ^ (sequence + at);
        }
        if (difference != 0) {
            throw new IllegalStateException("torn message %,d: expected %,d bytes of one message, found %,d"
                    .formatted(sequence, Setting.PAYLOAD_BYTES, length));
        }
        return sequence;
    }
}
