package io.sluice.jmh.crossprocess;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.lock.LockOptions;

/// Through what messages travel.
enum Transport {
    /// Our one-to-one ring, slots of a cache line.
    RING_ONE,
    /// The same with slots of 512 bytes, as many fewer.
    RING_ONE_WIDE,
    /// Our many-to-many ring, slots of a cache line.
    RING_MANY,
    /// Our one-to-one ring, whose waits sleep almost at once.
    RING_PARK,
    /// Our one-to-one ring, whose waits spin some microseconds.
    RING_ADAPTIVE,
    /// Agrona's `OneToOneRingBuffer`.
    AGRONA_ONE,
    /// Agrona's `ManyToOneRingBuffer`.
    AGRONA_MANY,
    /// Our queue of a small record.
    QUEUE,
    /// Our lock, whose waits spin some microseconds.
    LOCK,
    /// Our lock, whose waits only spin.
    LOCK_SPIN,
    /// A robust mutex of the C library, between processes.
    PTHREAD,
    /// Our long.
    NUMBER,
    /// The bare instruction.
    BARE_NUMBER,
    /// Bare cache lines.
    FLAGS,
    /// A bare futex.
    FUTEX,
    /// Python's `multiprocessing.Queue`; not in a JVM, see [PythonQueue].
    PYTHON;

    private static final int RING_BYTES = 1 << 20;
    private static final int SLOTS = RING_BYTES / RingOptions.MIN_SLOT_BYTES;
    private static final int WIDE_SLOT_BYTES = 512;

    Link open(Place place) {
        RingOptions oneToOne = RingOptions.oneToOne(SLOTS);
        return switch (this) {
            case RING_ONE -> new RingLink(place, oneToOne, WaitStrategy.BUSY_SPIN);
            case RING_ONE_WIDE -> new RingLink(
                    place,
                    oneToOne.withSlotBytes(WIDE_SLOT_BYTES).withCapacity(RING_BYTES / WIDE_SLOT_BYTES),
                    WaitStrategy.BUSY_SPIN);
            case RING_MANY -> new RingLink(place, RingOptions.manyToMany(SLOTS), WaitStrategy.BUSY_SPIN);
            case RING_PARK -> new RingLink(place, oneToOne, WaitStrategy.PARK);
            case RING_ADAPTIVE -> new RingLink(place, oneToOne, WaitStrategy.ADAPTIVE);
            case AGRONA_ONE -> AgronaLink.oneToOne(place, RING_BYTES);
            case AGRONA_MANY -> AgronaLink.manyToOne(place, RING_BYTES);
            case QUEUE -> new QueueLink(place, SLOTS);
            case LOCK -> ContendedLink.lock(place, LockOptions.defaults());
            case LOCK_SPIN -> ContendedLink.lock(place, LockOptions.defaults().withStrategy(WaitStrategy.BUSY_SPIN));
            case PTHREAD -> ContendedLink.pthread(place);
            case NUMBER -> ContendedLink.number(place);
            case BARE_NUMBER -> ContendedLink.bareNumber(place);
            case FLAGS -> new FlagLink(place);
            case FUTEX -> new FutexLink(place);
            case PYTHON -> throw new IllegalArgumentException("Python does not run in a JVM");
        };
    }
}
