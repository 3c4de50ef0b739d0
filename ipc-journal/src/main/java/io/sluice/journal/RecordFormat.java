package io.sluice.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Where each field of a record stands, in little endian, and how records are chained.
///
/// ```
///     0  +-------------------+---------+---------+-------------------+
///        | magic "SJ"        | version | kind    | type              |
///     8  +-------------------+---------+---------+-------------------+
///        | sequence                                                  |
///    16  +-----------------------------------------------------------+
///        | committed, nanoseconds since 1970                         |
///    24  +-----------------------------------------------------------+
///        | received, nanoseconds since 1970                          |
///    32  +-----------------------------------------------------------+
///        | position in the source                                    |
///    40  +---------------------------------------+-------------------+
///        | length of the payload                 | 0                 |
///    48  +---------------------------------------+-------------------+
///        | chain, 16 bytes                                           |
///    64  +-----------------------------------------------------------+
///        | payload                                                   |
///        +-----------------------------------------------------------+
/// ```
///
/// The chain of a record is the first half of the SHA-256 of bytes 2 to 39, the chain before, and the payload. The
/// other bytes have one value that is right, which is compared; without them a payload of 64 bytes takes two blocks of
/// the hash, not three. A cycle begins with a head, whose chain before is zero: so each cycle is checked alone, and old
/// ones can be removed. The payload of the head holds the last chain of the cycle before, which ties the cycles
/// together.
final class RecordFormat {
    static final int HEADER = 64;
    static final int CHAIN = 48;
    static final int CHAIN_BYTES = 16;
    /// The longest payload, in bytes.
    static final int MOST_PAYLOAD = 8 << 20;

    static final int HEAD = 0;
    static final int MESSAGE = 1;
    static final int GAP = 2;
    static final int RETRACTION = 3;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAGIC = 'S' | 'J' << 8 | 2 << 16;
    private static final int MAGIC_MASK = 0xffffff;
    private static final int KIND_SHIFT = 24;
    private static final int TYPE = 4;
    private static final int SEQUENCE = 8;
    private static final int COMMITTED = 16;
    private static final int RECEIVED = 24;
    private static final int POSITION = 32;
    private static final int LENGTH = 40;
    private static final int HASHED = 2;

    private RecordFormat() {}

    static void write(
            byte[] record, int kind, int type, long sequence, long committed, long received, long position,
            int length) {
        INT.set(record, 0, MAGIC | kind << KIND_SHIFT);
        INT.set(record, TYPE, type);
        LONG.set(record, SEQUENCE, sequence);
        LONG.set(record, COMMITTED, committed);
        LONG.set(record, RECEIVED, received);
        LONG.set(record, POSITION, position);
        LONG.set(record, LENGTH, (long) length);
    }

    /// Whether this is a record of ours, as far as its header tells.
    static boolean isRecord(byte[] array, int at, int length) {
        return length >= HEADER && ((int) INT.get(array, at) & MAGIC_MASK) == MAGIC && kind(array, at) <= RETRACTION
                && (long) LONG.get(array, at + LENGTH) == length - HEADER;
    }

    /// Whether this is the head of a cycle, as far as its header tells.
    static boolean isHead(byte[] array, int at, int length) {
        return isRecord(array, at, length) && kind(array, at) == HEAD;
    }

    static int kind(byte[] array, int at) {
        return (int) INT.get(array, at) >>> KIND_SHIFT;
    }

    static int type(byte[] array, int at) {
        return (int) INT.get(array, at + TYPE);
    }

    static long sequence(byte[] array, int at) {
        return (long) LONG.get(array, at + SEQUENCE);
    }

    static long committed(byte[] array, int at) {
        return (long) LONG.get(array, at + COMMITTED);
    }

    static long received(byte[] array, int at) {
        return (long) LONG.get(array, at + RECEIVED);
    }

    static long position(byte[] array, int at) {
        return (long) LONG.get(array, at + POSITION);
    }

    static byte[] payload(byte[] array, int at, int length) {
        return Arrays.copyOfRange(array, at + HEADER, at + length);
    }

    /// The payload of a gap: how many slots were lost. The last of them is the position of the record.
    static byte[] gap(long from, long to) {
        byte[] payload = new byte[Long.BYTES];
        LONG.set(payload, 0, to - from);
        return payload;
    }

    static long lost(byte[] payload) {
        return payload.length < Long.BYTES ? 0 : (long) LONG.get(payload, 0);
    }

    /// The chain of records, in one thread.
    static final class Chain {
        private final MessageDigest sha256;
        private final byte[] digest = new byte[32];
        private final byte[] before = new byte[CHAIN_BYTES];
        private final byte[] computed = new byte[CHAIN_BYTES];
        private boolean doubtful;

        Chain() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new AssertionError(impossible);
            }
        }

        /// Begins a cycle.
        void reset() {
            Arrays.fill(before, (byte) 0);
            doubtful = false;
        }

        /// Writes the chain of a record into it; it is the one before from now on.
        void append(byte[] record, int length) {
            compute(before, record, 0, length);
            System.arraycopy(digest, 0, record, CHAIN, CHAIN_BYTES);
            System.arraycopy(digest, 0, before, 0, CHAIN_BYTES);
        }

        /// Whether this is a record of ours, and its chain is right.
        ///
        /// Damage of one record condemns no other one. What a record says is the chain before of the next one, also if
        /// it is not right. If that is what was damaged, then what it should say is.
        boolean accepts(byte[] array, int at, int length) {
            if (length < HEADER) {
                return false;
            }
            boolean right = isRecord(array, at, length) && isNext(array, at, length);
            if (!right) {
                compute(before, array, at, length);
                System.arraycopy(digest, 0, computed, 0, CHAIN_BYTES);
            }
            doubtful = !right;
            System.arraycopy(array, at + CHAIN, before, 0, CHAIN_BYTES);
            return right;
        }

        private boolean isNext(byte[] array, int at, int length) {
            return isBehind(before, array, at, length) || (doubtful && isBehind(computed, array, at, length));
        }

        private boolean isBehind(byte[] chain, byte[] array, int at, int length) {
            compute(chain, array, at, length);
            return Arrays.equals(digest, 0, CHAIN_BYTES, array, at + CHAIN, at + CHAIN + CHAIN_BYTES);
        }

        /// Steps over a record that is not judged.
        void skip(byte[] array, int at, int length) {
            if (length >= HEADER) {
                System.arraycopy(array, at + CHAIN, before, 0, CHAIN_BYTES);
                doubtful = false;
            }
        }

        /// The chain of the last record.
        byte[] last() {
            return before.clone();
        }

        private void compute(byte[] chain, byte[] array, int at, int length) {
            sha256.update(array, at + HASHED, LENGTH - HASHED);
            sha256.update(chain, 0, CHAIN_BYTES);
            sha256.update(array, at + HEADER, length - HEADER);
            try {
                int _ = sha256.digest(digest, 0, digest.length);
            } catch (DigestException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
