package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import java.util.List;

/// An array of numbers behind a lock.
///
/// @param length how many elements
/// @param elementBytes size of each
public record ArrayBody(long length, int elementBytes) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("length", "elementBytes");

    /// Refuses an impossible length.
    public ArrayBody {
        if (length < 0 || length > Long.MAX_VALUE >> 4) {
            throw new IllegalArgumentException("a length of %,d is impossible".formatted(length));
        }
    }

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new ArrayBody(numbers[0], Math.toIntExact(numbers[1]));
    }

    @Override
    public long[] numbers() {
        return Body.padded(length, elementBytes);
    }

    @Override
    public List<?> shown() {
        return List.of(length, elementBytes);
    }

    @Override
    public long bytes() {
        return Math.addExact(Guard.BYTES, Math.multiplyExact(length, elementBytes));
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
