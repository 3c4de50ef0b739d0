package io.sluice.shm.object;

import io.sluice.shm.region.RegionLayout;

import java.nio.charset.StandardCharsets;

/// A 64-bit hash over kind, layout version, parameters and element type: FNV-1a, the same in every process and release.
/// It finds mistakes, not attacks.
final class Fingerprint {
    private static final long OFFSET = 0xcbf2_9ce4_8422_2325L;
    private static final long PRIME = 0x0000_0100_0000_01b3L;

    private Fingerprint() {}

    static long of(Kind kind, long[] parameters, String elementType) {
        long hash = add(add(OFFSET, kind.number()), RegionLayout.VERSION);
        for (long parameter : parameters) {
            hash = add(hash, parameter);
        }
        for (byte letter : elementType.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ Byte.toUnsignedInt(letter)) * PRIME;
        }
        return hash;
    }

    private static long add(long hash, long value) {
        long result = hash;
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            result = (result ^ (value >>> shift & 0xff)) * PRIME;
        }
        return result;
    }
}
