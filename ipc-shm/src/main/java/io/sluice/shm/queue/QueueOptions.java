package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;

/// How a queue or a task queue is made; the same for all processes.
///
/// @param capacity how many elements fit, 1 to 2^30; a power of two is fastest
/// @param slotBytes size of a slot, a power of two from 64; elements that encode to more than this less 16 bytes take a
///     detour through a file each. 0 is as large as the codec suggests
public record QueueOptions(int capacity, int slotBytes) {
    private static final int MAX_SUGGESTED_SLOT_BYTES = 4096;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public QueueOptions {
        RingOptions.check("queue", capacity, slotBytes == 0 ? RingOptions.MIN_SLOT_BYTES : slotBytes);
    }

    /// Slots as large as the codec suggests.
    ///
    /// @param capacity how many elements fit
    /// @return the options
    public static QueueOptions of(int capacity) {
        return new QueueOptions(capacity, 0);
    }

    /// The same with slots of another size.
    ///
    /// @param bytes size of a slot, a power of two from 64; or 0 for what the codec suggests
    /// @return the options
    public QueueOptions withSlotBytes(int bytes) {
        return new QueueOptions(capacity, bytes);
    }

    /// The shape of the ring behind a queue of such elements.
    ///
    /// @param codec of the elements
    /// @return the options
    /// @hidden
    public RingOptions ring(Codec<?> codec) {
        return new RingOptions(
                capacity, slotBytes == 0 ? suggested(codec) : slotBytes, Producers.MANY, Consumers.MANY);
    }

    private static int suggested(Codec<?> codec) {
        int bytes = codec.maxBytes() == Codec.UNBOUNDED ? codec.typicalBytes() : codec.maxBytes();
        long needed = (long) bytes + RingOptions.HEADER_BYTES;
        int slot = Math.clamp(needed, RingOptions.MIN_SLOT_BYTES, MAX_SUGGESTED_SLOT_BYTES);
        return Integer.highestOneBit(slot - 1) << 1;
    }
}
