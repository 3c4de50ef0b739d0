package io.sluice.gateway;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Where each field of a frame lies. Native byte order, which is little-endian on both architectures; offsets in bytes.
///
/// ```
///        0     2         3      4        8              16
///     0  +-----+---------+------+--------+--------------+- - - -
///  DATA  | SL  | version | kind | count  | sequence     | messages, one behind the other
///        +-----+---------+------+--------+--------------+- - - -
///
///        0        4        8              16
///     0  +--------+--------+--------------+- - - -
/// message| length | type   | position     | bytes
///        +--------+--------+--------------+- - - -
///
///        0     2         3      4        8              16             24            32
///     0  +-----+---------+------+--------+--------------+--------------+-------------+---------------+
/// HELLO  | SL  | version | kind | flags  | incarnation  | first        | sent        | joined        |
///    40  +-----+---------+------+--------+--------------+--------------+-------------+---------------+
///        | object id (16)              | kind of object (4) | length (4) | element type, in UTF-8
///        +-----------------------------+--------------------+------------+- - - -
///
///        0     2         3      4        8              16             24
///     0  +-----+---------+------+--------+--------------+--------------+-------------+
/// STATUS | SL  | version | kind | flags  | incarnation  | receiver     | delivered   |
///        +-----+---------+------+--------+--------------+--------------+-------------+
///
///        0     2         3      4        8              16
///     0  +-----+---------+------+--------+--------------+- - - -
/// REFUSE | SL  | version | kind | length | incarnation  | reason, in UTF-8
///        +-----+---------+------+--------+--------------+- - - -
/// ```
///
/// DATA has the sequence of its first message; the others follow it. DATA and HELLO go from the sending end to the
/// receiving one, STATUS and REFUSE back. The first 16 bytes of HELLO and STATUS, and all of REFUSE, are the same in
/// every version, so that two versions can tell each other that they differ.
final class Wire {
    static final int VERSION = 2;
    static final int DATA = 1;
    static final int HELLO = 2;
    static final int STATUS = 3;
    static final int REFUSE = 4;

    /// Of HELLO: the sender resends nothing, what is missing is lost.
    static final int UNACKNOWLEDGED = 1;
    /// Of HELLO: `sent` is the last message, and none will come. Of STATUS: that was delivered.
    static final int ENDED = 2;
    /// Of STATUS: what follows `delivered` is missing.
    static final int RESUME = 4;
    /// Of HELLO: the sender records, see [Recorder]; `first` is the oldest message of the recording, and the object id
    /// is that of the recording.
    static final int RECORDED = 8;

    static final int DATA_BYTES = 16;
    static final int MESSAGE_BYTES = 16;
    static final int STATUS_BYTES = 32;
    static final int SHORTEST = 16;
    private static final int HELLO_TEXT = 64;
    private static final int MAGIC = 'S' | 'L' << 8;
    private static final int KIND_SHIFT = 24;
    private static final int VERSION_SHIFT = 16;

    private static final int COUNT = 4;
    private static final int FLAGS = 4;
    private static final int LENGTH = 4;
    private static final int SEQUENCE = 8;
    private static final int INCARNATION = 8;
    private static final int FIRST = 16;
    private static final int RECEIVER = 16;
    private static final int REASON = 16;
    private static final int SENT = 24;
    private static final int DELIVERED = 24;
    private static final int JOINED = 32;
    private static final int OBJECT_ID = 40;
    private static final int OBJECT_KIND = 56;
    private static final int TEXT_LENGTH = 60;

    private static final int MESSAGE_LENGTH = 0;
    private static final int MESSAGE_TYPE = 4;
    private static final int MESSAGE_POSITION = 8;

    private Wire() {}

    private static int tag(int kind) {
        return MAGIC | VERSION << VERSION_SHIFT | kind << KIND_SHIFT;
    }

    /// Whether a frame is one of a gateway, of whatever version.
    static boolean isOurs(DirectBuffer buffer, int at, int length) {
        return length >= SHORTEST && (buffer.getInt(at) & 0xffff) == MAGIC;
    }

    static int version(DirectBuffer buffer, int at) {
        return buffer.getInt(at) >>> VERSION_SHIFT & 0xff;
    }

    /// Compares the versions of the two ends. @return why they do not fit; null if they do
    static String otherVersion(DirectBuffer buffer, int at) {
        return version(buffer, at) == VERSION ? null
                : ("it speaks version %s of the gateway's protocol, this end speaks %s; run the same release at both"
                        + " ends").formatted(version(buffer, at), VERSION);
    }

    static int kind(DirectBuffer buffer, int at) {
        return buffer.getInt(at) >>> KIND_SHIFT;
    }

    /// Whether a frame holds messages, and their lengths add up to its own.
    static boolean isData(DirectBuffer buffer, int at, int length) {
        if (length < DATA_BYTES || buffer.getInt(at) != tag(DATA)) {
            return false;
        }
        int count = count(buffer, at);
        int end = DATA_BYTES;
        for (int i = 0; i < count; i++) {
            int room = length - end - MESSAGE_BYTES;
            if (room < 0 || Integer.compareUnsigned(messageLength(buffer, at + end), room) > 0) {
                return false;
            }
            end += MESSAGE_BYTES + messageLength(buffer, at + end);
        }
        return count > 0 && end == length;
    }

    static void putData(MutableDirectBuffer buffer, int count, long sequence) {
        buffer.putInt(0, tag(DATA));
        buffer.putInt(COUNT, count);
        buffer.putLong(SEQUENCE, sequence);
    }

    static int count(DirectBuffer buffer, int at) {
        return buffer.getInt(at + COUNT);
    }

    static long sequence(DirectBuffer buffer, int at) {
        return buffer.getLong(at + SEQUENCE);
    }

    static void putMessage(MutableDirectBuffer buffer, int at, int length, int type, long position) {
        buffer.putInt(at + MESSAGE_LENGTH, length);
        buffer.putInt(at + MESSAGE_TYPE, type);
        buffer.putLong(at + MESSAGE_POSITION, position);
    }

    static int messageLength(DirectBuffer buffer, int at) {
        return buffer.getInt(at + MESSAGE_LENGTH);
    }

    static int type(DirectBuffer buffer, int at) {
        return buffer.getInt(at + MESSAGE_TYPE);
    }

    static long position(DirectBuffer buffer, int at) {
        return buffer.getLong(at + MESSAGE_POSITION);
    }

    /// What a sending end says of itself, again and again.
    ///
    /// @param flags [#UNACKNOWLEDGED], [#ENDED]
    /// @param incarnation of the sending process; drawn at its start
    /// @param first sequence of the oldest message that it can still send
    /// @param sent sequence of the last message that it has sent
    /// @param joined position in the local object from which on this incarnation has seen every message
    /// @param objectHigh of the id of the local object
    /// @param objectLow of the id of the local object
    /// @param objectKind what it is
    /// @param elementType name of the codec and of what it encodes
    record Hello(int flags, long incarnation, long first, long sent, long joined, long objectHigh, long objectLow,
            int objectKind, String elementType) {
        int write(MutableDirectBuffer buffer) {
            byte[] text = elementType.getBytes(StandardCharsets.UTF_8);
            buffer.putInt(0, tag(HELLO));
            buffer.putInt(FLAGS, flags);
            buffer.putLong(INCARNATION, incarnation);
            buffer.putLong(FIRST, first);
            buffer.putLong(SENT, sent);
            buffer.putLong(JOINED, joined);
            buffer.putLong(OBJECT_ID, objectHigh);
            buffer.putLong(OBJECT_ID + Long.BYTES, objectLow);
            buffer.putInt(OBJECT_KIND, objectKind);
            buffer.putInt(TEXT_LENGTH, text.length);
            buffer.putBytes(HELLO_TEXT, text);
            return HELLO_TEXT + text.length;
        }

        /// Reads a frame. @return null if it is too short
        static Hello read(DirectBuffer buffer, int at, int length) {
            if (length < HELLO_TEXT || buffer.getInt(at + TEXT_LENGTH) != length - HELLO_TEXT) {
                return null;
            }
            byte[] text = new byte[length - HELLO_TEXT];
            buffer.getBytes(at + HELLO_TEXT, text);
            return new Hello(buffer.getInt(at + FLAGS), buffer.getLong(at + INCARNATION), buffer.getLong(at + FIRST),
                    buffer.getLong(at + SENT), buffer.getLong(at + JOINED), buffer.getLong(at + OBJECT_ID),
                    buffer.getLong(at + OBJECT_ID + Long.BYTES), buffer.getInt(at + OBJECT_KIND),
                    new String(text, StandardCharsets.UTF_8));
        }

        boolean isUnacknowledged() {
            return (flags & UNACKNOWLEDGED) != 0;
        }

        boolean isRecorded() {
            return (flags & RECORDED) != 0;
        }

        boolean hasEnded() {
            return (flags & ENDED) != 0;
        }
    }

    static void putStatus(MutableDirectBuffer buffer, int flags, long incarnation, long receiver, long delivered) {
        buffer.putInt(0, tag(STATUS));
        buffer.putInt(FLAGS, flags);
        buffer.putLong(INCARNATION, incarnation);
        buffer.putLong(RECEIVER, receiver);
        buffer.putLong(DELIVERED, delivered);
    }

    static int flags(DirectBuffer buffer, int at) {
        return buffer.getInt(at + FLAGS);
    }

    static long incarnation(DirectBuffer buffer, int at) {
        return buffer.getLong(at + INCARNATION);
    }

    static long receiver(DirectBuffer buffer, int at) {
        return buffer.getLong(at + RECEIVER);
    }

    static long delivered(DirectBuffer buffer, int at) {
        return buffer.getLong(at + DELIVERED);
    }

    static int putRefusal(MutableDirectBuffer buffer, long incarnation, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        buffer.putInt(0, tag(REFUSE));
        buffer.putInt(LENGTH, text.length);
        buffer.putLong(INCARNATION, incarnation);
        buffer.putBytes(REASON, text);
        return REASON + text.length;
    }

    static String reason(DirectBuffer buffer, int at, int length) {
        byte[] text = new byte[Math.clamp(buffer.getInt(at + LENGTH), 0, length - REASON)];
        buffer.getBytes(at + REASON, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
