package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.ring.RingOptions;
import java.util.List;
import java.util.stream.Stream;

/// A pipe: a ring for each way, one behind the other.
///
/// @param options shape of each ring
/// @param duplex whether there are two
public record PipeBody(RingOptions options, boolean duplex) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES =
            List.of("capacity", "slotBytes", "producers", "consumers", "duplex");

    /// Added to the position of a large message in the second ring, to tell it from one in the first.
    public static final long SECOND_RING_POSITION = 1L << 62;

    private static final int DUPLEX = 4;

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new PipeBody(RingBody.options(numbers), numbers[DUPLEX] != 0);
    }

    @Override
    public long[] numbers() {
        long[] numbers = first().numbers();
        numbers[DUPLEX] = duplex ? 1 : 0;
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
    public List<?> shown() {
        return Stream.concat(first().shown().stream(), Stream.of(duplex)).toList();
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

    @Override
    public void look(long at, Look into) {
        first().look(at, into, duplex ? "first" : "");
        if (duplex) {
            first().look(at + secondRing(), into, "second");
        }
    }

    @Override
    public int rings() {
        return duplex ? 2 : 1;
    }

    @Override
    public long ring(int number) {
        return number == 0 ? 0 : secondRing();
    }

    @Override
    public long ringBytes() {
        return options.bytes();
    }
}
