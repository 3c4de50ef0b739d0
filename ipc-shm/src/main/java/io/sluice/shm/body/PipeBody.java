package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.ring.RingOptions;
import java.util.List;

/// A pipe: a ring for each way, one behind the other.
///
/// The last number is where the second ring begins, in bytes from the first; 0 if there is none.
///
/// @param options shape of each ring
/// @param duplex whether there are two
public record PipeBody(RingOptions options, boolean duplex) implements Body {
    /// Names of the numbers; the last one, for display, goes without.
    public static final List<String> NAMES = RingBody.NAMES;

    /// Added to the position of a large message in the second ring, to tell it from one in the first.
    public static final long SECOND_RING_POSITION = 1L << 62;

    private static final int SECOND_RING = NUMBERS - 1;

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        RingOptions options = RingBody.options(numbers);
        long second = numbers[SECOND_RING];
        if (second != 0 && second != options.bytes()) {
            throw new IllegalArgumentException("a second ring at %,d bytes, behind one of %,d".formatted(
                    second, options.bytes()));
        }
        return new PipeBody(options, second != 0);
    }

    @Override
    public long[] numbers() {
        long[] numbers = first().numbers();
        numbers[SECOND_RING] = duplex ? secondRing() : 0;
        return numbers;
    }

    /// Where the second ring begins, if there is one.
    ///
    /// @return bytes from the first
    public long secondRing() {
        return options.bytes();
    }

    private RingBody first() {
        return new RingBody(options);
    }

    @Override
    public long bytes() {
        return duplex ? 2 * options.bytes() : options.bytes();
    }

    @Override
    public void format(long at) {
        first().format(at);
        if (duplex) {
            first().format(at + secondRing());
        }
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        first().recover(at, slot, pid, parking);
        if (duplex) {
            first().recover(at + secondRing(), slot, pid, parking);
        }
    }

    @Override
    public void prepareRecovery() {
        first().prepareRecovery();
    }

    @Override
    public boolean refersTo(long at, long position) {
        return (position & SECOND_RING_POSITION) == 0
                ? first().refersTo(at, position)
                : duplex && first().refersTo(at + secondRing(), position & ~SECOND_RING_POSITION);
    }
}
