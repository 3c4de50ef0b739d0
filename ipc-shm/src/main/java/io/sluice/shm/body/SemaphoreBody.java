package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.Permits;
import io.sluice.core.sync.PermitsLook;
import java.util.List;

/// A semaphore.
///
/// @param permits how many there are at first
/// @param bound most permits that there may be
/// @param accounted whether permits belong to the process that acquired them
public record SemaphoreBody(int permits, int bound, boolean accounted) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("permits", "bound", "accounted");

    /// Refuses impossible numbers.
    public SemaphoreBody {
        if (permits < 0 || bound < 1 || bound < permits) {
            throw new IllegalArgumentException("%,d permits with a bound of %,d".formatted(permits, bound));
        }
    }

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new SemaphoreBody(Math.toIntExact(numbers[0]), Math.toIntExact(numbers[1]), numbers[2] != 0);
    }

    @Override
    public long[] numbers() {
        return Body.padded(permits, bound, accounted ? 1 : 0);
    }

    @Override
    public List<?> shown() {
        return List.of(permits, bound, accounted);
    }

    @Override
    public long bytes() {
        return Permits.bytes();
    }

    @Override
    public void format(long at) {
        Permits.format(at, permits);
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        Permits.recover(at, bound, accounted, slot, parking);
    }

    @Override
    public void look(long at, Look into) {
        PermitsLook semaphore = new PermitsLook(at);
        for (int owner : into.owners()) {
            long held = semaphore.held(owner);
            if (held > 0) {
                into.holds("permits", owner, 0, held);
            }
            long waiting = semaphore.waiting(owner);
            if (waiting > 0) {
                into.waits("permits", owner, 0, waiting);
            }
        }
        into.shows("available", semaphore.available());
        into.shows("acquired", semaphore.outstanding());
    }
}
