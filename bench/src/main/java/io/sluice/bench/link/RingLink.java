package io.sluice.bench.link;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.ring.SharedRing;

/// Our ring, by its public interface.
record RingLink(SharedRing ring, WaitStrategy strategy) implements Link {
    RingLink(Place place, RingOptions options, WaitStrategy strategy) {
        this(place.space().ring(place.name(), options), strategy);
    }

    @Override
    public Sender sender() {
        RingProducer producer = ring.producer(strategy);
        Claim claim = new Claim();
        return sequence -> {
            if (!producer.tryClaim(claim, SequenceHandler.TYPE, Setting.PAYLOAD_BYTES)) {
                return false;
            }
            Payload.write(claim.buffer(), 0, sequence);
            claim.commit();
            return true;
        };
    }

    @Override
    public Receiver receiver() {
        boolean broadcast = ring.options().consumers() == Consumers.BROADCAST;
        RingConsumer consumer = broadcast ? ring.subscribe(SlowConsumer.BLOCK, strategy) : ring.consumer(strategy);
        SequenceHandler handler = new SequenceHandler();
        return new Receiver() {
            @Override
            public int receive() {
                return consumer.read(handler, READ_LIMIT);
            }

            @Override
            public int await() throws InterruptedException {
                return consumer.read(handler, READ_LIMIT, Waiter.FOREVER);
            }
        };
    }
}
