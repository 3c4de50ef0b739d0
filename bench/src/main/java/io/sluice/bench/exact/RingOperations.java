package io.sluice.bench.exact;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// A message of 32 B: claimed, written, committed, read.
final class RingOperations implements Runnable {
    private static final int SLOTS = 64;
    private static final int PAYLOAD = 32;
    private static final int TYPE = 1;

    private final RingProducer producer;
    private final RingConsumer consumer;
    private final Claim claim = new Claim();
    private final MessageHandler handler = this::onMessage;
    private long sum;

    private RingOperations(RingProducer producer, RingConsumer consumer) {
        this.producer = producer;
        this.consumer = consumer;
    }

    static Runnable oneToOne(SharedSpace space, String name) {
        SharedRing ring = space.ring(name, RingOptions.oneToOne(SLOTS));
        return new RingOperations(ring.producer(), ring.consumer());
    }

    static Runnable manyToMany(SharedSpace space, String name) {
        SharedRing ring = space.ring(name, RingOptions.manyToMany(SLOTS));
        return new RingOperations(ring.producer(), ring.consumer());
    }

    static Runnable broadcast(SharedSpace space, String name, SlowConsumer policy) {
        SharedRing ring = space.ring(name, RingOptions.broadcast(SLOTS));
        return new RingOperations(ring.producer(), ring.subscribe(policy));
    }

    @Override
    public void run() {
        if (!producer.tryClaim(claim, TYPE, PAYLOAD)) {
            throw new IllegalStateException("the ring is full");
        }
        for (int at = 0; at < PAYLOAD; at += Long.BYTES) {
            claim.buffer().putLong(at, sum + at);
        }
        claim.commit();
        if (consumer.read(handler, 1) != 1) {
            throw new IllegalStateException("the ring is empty");
        }
    }

    private void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        for (int at = 0; at < length; at += Long.BYTES) {
            sum += buffer.getLong(index + at);
        }
    }
}
