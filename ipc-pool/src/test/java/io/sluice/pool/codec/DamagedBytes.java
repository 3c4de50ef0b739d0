package io.sluice.pool.codec;

import java.util.Arrays;
import java.util.Random;

/// Damages the bytes of messages: truncates or lengthens them, changes some, or makes other ones.
public final class DamagedBytes {
    private static final int MOST_OTHER_BYTES = 4096;

    private DamagedBytes() {}

    /// Damages a message anywhere.
    public static byte[] of(byte[] bytes, Random random) {
        return of(bytes, 0, random);
    }

    /// Damages a message, mostly behind its header.
    ///
    /// @param from index of the first byte that may change, if the result has it: bytes before it are a header
    public static byte[] of(byte[] bytes, int from, Random random) {
        if (random.nextInt(20) == 0) {
            byte[] other = new byte[random.nextInt(MOST_OTHER_BYTES)];
            random.nextBytes(other);
            return other;
        }
        byte[] damaged =
                random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 4)) : bytes.clone();
        for (int changes = random.nextInt(4); changes >= 0 && damaged.length > 0; changes--) {
            int at = random.nextInt(damaged.length > from ? from : 0, damaged.length);
            damaged[at] = random.nextBoolean()
                    ? (byte) (damaged[at] ^ (1 << random.nextInt(8))) : (byte) random.nextInt(256);
        }
        return damaged;
    }
}
