package io.sluice.shm.death;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.ring.SharedRing;

/// Messages through a ring of many producers and many consumers; for one thread that puts and one that takes.
final class RingLane extends Lane {
    private final Road road;
    private final RingProducer producer;
    private final RingConsumer consumer;
    private final Claim claim = new Claim();

    RingLane(Road road, SharedRing ring) {
        this.road = road;
        this.producer = ring.producer();
        this.consumer = ring.consumer();
    }

    @Override
    void put(long id) throws InterruptedException {
        producer.claim(claim, 0, road.messageBytes);
        commit(id);
    }

    private void commit(long id) {
        try (claim) {
            claim.buffer().putBytes(0, message(id, road.messageBytes));
            claim.commit();
        }
    }

    @Override
    boolean offer(long id) {
        if (!producer.tryClaim(claim, 0, road.messageBytes)) {
            return false;
        }
        commit(id);
        return true;
    }

    @Override
    void abort(long id) {
        if (producer.tryClaim(claim, 0, road.messageBytes)) {
            claim.buffer().putBytes(0, message(id, road.messageBytes));
            claim.abort();
        }
    }

    @Override
    long take(long timeoutNanos, Received received) throws InterruptedException {
        long[] id = {NONE};
        consumer.read((type, buffer, index, length) -> {
            byte[] bytes = new byte[length];
            buffer.getBytes(index, bytes);
            id[0] = number(bytes, road.messageBytes);
            received.add(id[0]);
        }, 1, timeoutNanos);
        return id[0];
    }

    @Override
    void giveBack() {
        try {
            consumer.read((type, buffer, index, length) -> {
                throw new RefusedException();
            }, 1);
        } catch (RefusedException expected) {
            assert expected.getStackTrace().length > 0;
        }
    }

    private static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
