package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.Countdown;
import java.util.List;

/// A latch that is counted down.
///
/// @param count how often, at first
public record LatchBody(long count) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("count");

    /// Refuses a negative count.
    public LatchBody {
        if (count < 0) {
            throw new IllegalArgumentException("a count of %,d is negative".formatted(count));
        }
    }

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    public static Body of(long[] numbers) {
        return new LatchBody(numbers[0]);
    }

    @Override
    public long[] numbers() {
        return Body.padded(count);
    }

    @Override
    public List<?> shown() {
        return List.of(count);
    }

    @Override
    public long bytes() {
        return Countdown.bytes();
    }

    @Override
    public void format(long at) {
        Countdown.format(at, count);
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        Countdown.recover(at, parking);
    }

    @Override
    public void look(long at, Look into) {
        into.shows("count", Countdown.count(at));
    }
}
