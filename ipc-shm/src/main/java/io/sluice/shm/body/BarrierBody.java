package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.BarrierLook;
import io.sluice.core.sync.Rendezvous;
import io.sluice.shm.space.ObjectState.Condition;
import java.util.List;

/// A barrier.
///
/// @param parties how many meet
public record BarrierBody(int parties) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("parties");

    private static final int MAX_PARTIES = 65_535;

    /// Refuses a number that no barrier can have.
    public BarrierBody {
        if (parties < 1 || parties > MAX_PARTIES) {
            throw new IllegalArgumentException(
                    "%,d parties is not between 1 and %,d".formatted(parties, MAX_PARTIES));
        }
    }

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new BarrierBody(Math.toIntExact(numbers[0]));
    }

    @Override
    public long[] numbers() {
        return Body.padded(parties);
    }

    @Override
    public List<?> shown() {
        return List.of(parties);
    }

    @Override
    public long bytes() {
        return Rendezvous.bytes();
    }

    @Override
    public void format(long at) {
        Rendezvous.format(at, parties);
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        Rendezvous.recover(at, slot, pid, parking);
    }

    @Override
    public void look(long at, Look into) {
        BarrierLook barrier = new BarrierLook(at);
        if (barrier.isBroken()) {
            into.finds(Condition.BROKEN, "a party died, gave up or left; reset() mends it");
        }
        for (int owner : into.owners()) {
            long parties = barrier.parties(owner);
            if (parties > 0) {
                into.holds("party", owner, 0, parties);
            }
        }
        long arrivals = barrier.arrivals();
        if (arrivals > 0) {
            into.waits("trip", 0, 0, arrivals);
        }
        into.counts("generation", barrier.generation());
        into.shows("arrived", arrivals);
    }
}
