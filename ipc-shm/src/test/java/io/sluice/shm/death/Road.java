package io.sluice.shm.death;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import java.util.Locale;

/// The transports of messages in these tests, each with a message length.
enum Road {
    /// Elements that fit into a slot.
    QUEUE(40, 8),
    /// Elements that take the detour through a side file.
    LARGE_QUEUE(5000, 8),
    /// Leased elements.
    TASKS(40, 8),
    /// Messages of one slot, in place.
    RING(40, 8),
    /// Messages of three slots, in place.
    LONG_RING(150, 16);

    final int messageBytes;
    final int capacity;

    Road(int messageBytes, int capacity) {
        this.messageBytes = messageBytes;
        this.capacity = capacity;
    }

    /// Opens its object.
    Lane open(SharedSpace space) {
        return switch (this) {
            case QUEUE, LARGE_QUEUE -> new QueueLane(this, space.queue(file(), Codec.bytes(), capacity));
            case TASKS -> new TaskLane(this, space.taskQueue(file(), Codec.bytes(), capacity));
            case RING, LONG_RING -> new RingLane(this, space.ring(file(), RingOptions.manyToMany(capacity)));
        };
    }

    /// The name of its object.
    String file() {
        return "road-" + name().toLowerCase(Locale.ROOT);
    }

    /// How many messages fit.
    int messages() {
        return this == LONG_RING ? capacity / 3 : capacity;
    }
}
