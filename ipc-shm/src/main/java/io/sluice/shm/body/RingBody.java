package io.sluice.shm.body;

import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingLook;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import io.sluice.core.ring.RingRecovery;
import io.sluice.shm.linux.Futex;
import java.lang.foreign.Arena;
import java.util.List;

/// A ring: behind a `SharedRing`, a queue, and a task queue.
///
/// @param options its shape
public record RingBody(RingOptions options) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("capacity", "slotBytes", "producers", "consumers");

    private static final int PAGE = 4096;

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new RingBody(options(numbers));
    }

    static RingOptions options(long[] numbers) {
        return new RingOptions(Math.toIntExact(numbers[0]), Math.toIntExact(numbers[1]),
                Producers.of(Math.toIntExact(numbers[2])), Consumers.of(Math.toIntExact(numbers[3])));
    }

    @Override
    public long[] numbers() {
        return Body.padded(
                options.capacity(), options.slotBytes(), options.producers().code(), options.consumers().code());
    }

    @Override
    public List<?> shown() {
        return List.of(options.capacity(), options.slotBytes(), options.producers(), options.consumers());
    }

    @Override
    public long bytes() {
        return options.bytes();
    }

    @Override
    public void format(long at) {
        Ring.format(at, options);
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        RingRecovery.recover(at, bytes(), slot, parking);
    }

    /// Recovers an owner that never existed, in a scratch ring.
    @Override
    public void prepareRecovery() {
        try (Arena arena = Arena.ofConfined()) {
            RingOptions smallest = RingOptions.manyToMany(1);
            long ring = arena.allocate(smallest.bytes(), PAGE).address();
            Ring.format(ring, smallest);
            RingRecovery.recover(ring, smallest.bytes(), Liveness.MAX_OWNER, Futex.INSTANCE);
        }
    }

    @Override
    public boolean refersTo(long at, long position) {
        return RingRecovery.refersTo(at, bytes(), position);
    }

    @Override
    public void look(long at, Look into) {
        look(at, into, "");
    }

    void look(long at, Look into, String flow) {
        into.ring(new RingLook(into.name(), at, bytes(), Futex.INSTANCE), flow);
    }

    @Override
    public int rings() {
        return 1;
    }

    @Override
    public long ringBytes() {
        return bytes();
    }
}
