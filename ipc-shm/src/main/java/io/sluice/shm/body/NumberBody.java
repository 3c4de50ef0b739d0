package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import java.nio.ByteOrder;
import java.util.List;

/// A single number or truth value behind a lock: a word, alone on its cache lines.
public record NumberBody() implements Body {
    /// Names of the numbers of the header.
    public static final List<String> NAMES = List.of();

    private static final long WORD_BYTES = 128;

    /// An int as the first four bytes of the word.
    ///
    /// @param value the int
    /// @return the word
    public static long word(int value) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? Integer.toUnsignedLong(value) : (long) value << Integer.SIZE;
    }

    @Override
    public long[] numbers() {
        return Body.padded();
    }

    @Override
    public List<?> shown() {
        return List.of();
    }

    @Override
    public long bytes() {
        return Guard.BYTES + WORD_BYTES;
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        Guard.recover(at, slot, pid, parking);
    }

    @Override
    public void look(long at, Look into) {
        Guard.look(at, into);
    }
}
