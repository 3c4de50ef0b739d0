package io.sluice.shm.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Random;

/// One way to damage a file: a few bytes at a place, or its length.
///
/// @param offset of the first damaged byte, or the new length if `bytes` is null
/// @param bytes what is written there, or null if the length changes
@SuppressWarnings("ArrayRecordComponent")   // never compared
record Mutation(long offset, byte[] bytes) {
    /// Numbers that are wrong for lengths, counts, positions and words in one way or another.
    private static final long[] NUMBERS = {
        0, 1, -1, 2, 7, 8, 63, 64, 255, 1023, 1024, 4096, 65_535,
        1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, 1L << 40, 1L << 56, Long.MAX_VALUE, Long.MIN_VALUE,
    };

    /// A mutation of a file with these bytes.
    ///
    /// @param random makes the choices
    /// @param original what the file holds
    /// @param from first offset to damage
    /// @param to end of what may be damaged
    static Mutation of(Random random, byte[] original, int from, int to) {
        int width = 1 << random.nextInt(4);
        int offset = place(random, original, from, to) / width * width;
        width = Math.min(width, original.length - offset);
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(width, Long.BYTES)).order(ByteOrder.nativeOrder());
        bytes.put(0, original, offset, width);
        switch (random.nextInt(6)) {
            case 0 -> bytes.put(random.nextInt(width), (byte) (bytes.get(0) ^ 1 << random.nextInt(Byte.SIZE)));
            case 1 -> bytes.putLong(0, random.nextLong());
            case 2 -> bytes.putLong(0, NUMBERS[random.nextInt(NUMBERS.length)]);
            case 3 -> bytes.putLong(0, bytes.getLong(0) + (random.nextBoolean() ? 1 : -1));
            case 4 -> bytes.putLong(0, bytes.getLong(0) ^ 1L << random.nextInt(Long.SIZE));
            default -> {
                int other = random.nextInt(original.length - width + 1) / width * width;
                bytes.put(0, original, other, width);
            }
        }
        byte[] damaged = new byte[width];
        bytes.get(0, damaged);
        return new Mutation(offset, damaged);
    }

    /// Any offset, or more often one of a byte that is not zero.
    private static int place(Random random, byte[] original, int from, int to) {
        int offset = from + random.nextInt(Math.max(1, to - from));
        if (random.nextInt(4) != 0) {
            while (offset < to - 1 && original[offset] == 0) {
                offset++;
            }
        }
        return offset;
    }

    /// Another length, shorter or longer.
    static Mutation ofLength(Random random, long length) {
        return new Mutation(switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextLong(length + 1);
            case 2 -> length + 1 + random.nextInt(10_000);
            default -> Math.max(0, length - 1 - random.nextInt(64));
        }, null);
    }

    /// Whether pages that a process may have mapped are gone afterwards.
    ///
    /// @param length of the file before
    boolean shortens(long length) {
        return bytes == null && offset < length;
    }

    void apply(FileChannel file) throws IOException {
        if (bytes != null) {
            file.write(ByteBuffer.wrap(bytes), offset);
        } else if (offset < file.size()) {
            file.truncate(offset);
        } else {
            file.write(ByteBuffer.allocate(1), offset - 1);
        }
    }

    @Override
    public String toString() {
        return bytes == null ? "length " + offset
                : "offset %d: %s".formatted(offset, java.util.HexFormat.of().formatHex(bytes));
    }
}
