package io.sluice.jmh;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.owner.Liveness;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.linux.Futex;
import java.lang.foreign.Arena;

/// A ring in memory of this process, with its producer and its consumer.
final class LocalRing implements AutoCloseable {
    private static final int PAGE = 4096;

    private static final Liveness ALONE = new Liveness() {
        @Override
        public int self() {
            return 1;
        }

        @Override
        public void sweep() {
            // There is no other owner.
        }
    };

    final RingProducer producer;
    final RingConsumer consumer;
    private final Arena arena = Arena.ofShared();
    private final Ring ring;

    LocalRing(RingOptions options) {
        long address = arena.allocate(options.bytes(), PAGE).address();
        Ring.format(address, options);
        ring = new Ring("benchmark", address, options.bytes(), Futex.INSTANCE, ALONE);
        producer = ring.producer(WaitStrategy.BUSY_SPIN);
        consumer = ring.consumer(WaitStrategy.BUSY_SPIN);
    }

    @Override
    public void close() {
        ring.close();
        arena.close();
    }
}
