package io.sluice.shm.pipe;

import io.sluice.core.ring.RingOptions;

/// How a pipe is made; the same for both ends.
///
/// @param capacity how many slots each way has, 1 to 2^30; a power of two is fastest. A message takes one slot if it is
///     not longer than `slotBytes - 16`, otherwise as many as it needs
/// @param slotBytes size of a slot in bytes, a power of two from 64 to 2^20
/// @param duplex whether messages go both ways; otherwise from the first end to the second
public record PipeOptions(int capacity, int slotBytes, boolean duplex) {
    private static final int USUAL_CAPACITY = 4096;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public PipeOptions {
        RingOptions.check("pipe", capacity, slotBytes);
    }

    /// Both ways, 4,096 slots of a cache line each.
    ///
    /// @return the options
    public static PipeOptions defaults() {
        return new PipeOptions(USUAL_CAPACITY, RingOptions.MIN_SLOT_BYTES, true);
    }

    /// As by default, from the first end to the second only.
    ///
    /// @return the options
    public static PipeOptions simplex() {
        return new PipeOptions(USUAL_CAPACITY, RingOptions.MIN_SLOT_BYTES, false);
    }

    /// The same with another capacity.
    ///
    /// @param slots how many slots each way has
    /// @return the options
    public PipeOptions withCapacity(int slots) {
        return new PipeOptions(slots, slotBytes, duplex);
    }

    /// The same with slots of another size.
    ///
    /// @param bytes size of a slot in bytes, a power of two
    /// @return the options
    public PipeOptions withSlotBytes(int bytes) {
        return new PipeOptions(capacity, bytes, duplex);
    }

    /// The shape of the ring for each way.
    ///
    /// @return the options
    /// @hidden
    public RingOptions ring() {
        return RingOptions.oneToOne(capacity).withSlotBytes(slotBytes);
    }
}
