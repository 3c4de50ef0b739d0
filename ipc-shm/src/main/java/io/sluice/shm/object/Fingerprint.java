package io.sluice.shm.object;

import io.sluice.shm.region.RegionLayout;

import java.nio.charset.StandardCharsets;

/// A 64-bit hash, FNV-1a: the same in every process and release. It finds mistakes, not attacks.
public final class Fingerprint {
    private static final long OFFSET = 0xcbf2_9ce4_8422_2325L;
    private static final long PRIME = 0x0000_0100_0000_01b3L;

    private Fingerprint() {}

    /// The hash of a text.
    ///
    /// @param text any
    /// @return the hash of its UTF-8
    public static long of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The hash of bytes.
    ///
    /// @param bytes any
    /// @return the hash
    public static long of(byte[] bytes) {
        return add(OFFSET, bytes);
    }

    /// The hash over kind, layout version, parameters and element type of an object.
    static long of(Kind kind, long[] parameters, String elementType) {
        long hash = add(add(OFFSET, kind.number()), RegionLayout.VERSION);
        for (long parameter : parameters) {
            hash = add(hash, parameter);
        }
        return add(hash, elementType.getBytes(StandardCharsets.UTF_8));
    }

    private static long add(long hash, byte[] bytes) {
        long result = hash;
        for (byte one : bytes) {
            result = (result ^ Byte.toUnsignedInt(one)) * PRIME;
        }
        return result;
    }

    private static long add(long hash, long value) {
        long result = hash;
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            result = (result ^ (value >>> shift & 0xff)) * PRIME;
        }
        return result;
    }
}
