package io.sluice.gateway;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Where each field of a recorded message lies, on disk and in a replay. Native byte order, which is little-endian on
/// both architectures; offsets in bytes.
///
/// ```
///      0              8              16       20             24
///      +--------------+--------------+--------+--------------+- - - -
///      | sequence     | position     | type   | reserved, 0  | bytes of the message
///      +--------------+--------------+--------+--------------+- - - -
/// ```
///
/// `sequence` counts the messages of a recording from 1 on, over all processes that have recorded. `position` is where
/// the message lay in the object. A changed offset is another [RecordingMark#VERSION].
final class RecordLayout {
    static final int HEADER_BYTES = 24;
    static final int SEQUENCE = 0;
    static final int POSITION = 8;
    private static final int TYPE = 16;
    private static final int RESERVED = 20;

    private RecordLayout() {}

    static void put(MutableDirectBuffer buffer, int at, long sequence, long position, int type) {
        buffer.putLong(at + SEQUENCE, sequence);
        buffer.putLong(at + POSITION, position);
        buffer.putInt(at + TYPE, type);
        buffer.putInt(at + RESERVED, 0);
    }

    static long sequence(DirectBuffer buffer, int at) {
        return buffer.getLong(at + SEQUENCE);
    }

    static long position(DirectBuffer buffer, int at) {
        return buffer.getLong(at + POSITION);
    }

    static int type(DirectBuffer buffer, int at) {
        return buffer.getInt(at + TYPE);
    }
}
