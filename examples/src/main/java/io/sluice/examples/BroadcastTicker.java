package io.sluice.examples;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.SharedSpace;

/// One producer, and consumers that all get every message. Each consumer chooses what happens when it is slow: the
/// producer waits for it, or it loses messages and learns how many.
///
/// ```
/// examples/run BroadcastTicker
/// ```
public final class BroadcastTicker {
    private static final int CAPACITY = 8;
    private static final int TICKS = 20;
    private static final int LATER_TICKS = 3;

    private final String name;
    private final RingConsumer consumer;
    private long seen;
    private long last;

    private BroadcastTicker(String name, RingConsumer consumer) {
        this.name = name;
        this.consumer = consumer;
    }

    /// Publishes twenty prices while one consumer keeps up and one reads nothing, and then three more to both.
    ///
    /// @param arguments none
    public static void main(String[] arguments) {
        try (var space = SharedSpace.openTemporary();
                var ring = space.ring(RingOptions.broadcast(CAPACITY));
                var producer = ring.producer()) {
            var careful = new BroadcastTicker("careful", ring.subscribe(SlowConsumer.BLOCK));
            var sleepy = new BroadcastTicker("sleepy", ring.subscribe(SlowConsumer.DROP));
            publish(producer, 1, TICKS, careful);
            sleepy.read();                   // all was overwritten: goes on with the next messages
            publish(producer, TICKS + 1, TICKS + LATER_TICKS, careful);
            careful.read();
            sleepy.read();
            System.out.println(careful);
            System.out.println(sleepy);
        }
    }

    private static void publish(RingProducer producer, int first, int last, BroadcastTicker blocking) {
        Claim claim = new Claim();
        for (int tick = first; tick <= last; tick++) {
            while (!producer.tryClaim(claim, 0, Long.BYTES)) {
                blocking.read();             // the ring is full because of it; in another JVM it would read by itself
            }
            try (claim) {
                claim.buffer().putLong(0, tick);
                claim.commit();
            }
        }
    }

    private void read() {
        consumer.drain((type, buffer, index, length) -> {
            seen++;
            last = buffer.getLong(index);
        });
    }

    @Override
    public String toString() {
        return "%s: %d ticks, %d lost, the last one is %d".formatted(name, seen, consumer.lost(), last);
    }
}
