package io.sluice.journal.replay;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingProducer;
import io.sluice.journal.JournalException;
import io.sluice.journal.JournalRecord;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;

/// Sends messages through a ring, with their types.
final class RingTarget implements ReplayTarget {
    private final SharedSpace space;
    private final SharedRing ring;
    private final RingProducer producer;
    private final Claim claim = new Claim();

    RingTarget(SharedSpace space, SharedRing ring) {
        this.space = space;
        this.ring = ring;
        this.producer = ring.producer();
    }

    @Override
    public void put(JournalRecord message) throws InterruptedException {
        byte[] payload = message.payload();
        if (payload.length > ring.options().maxMessageBytes()) {
            throw new JournalException(("record %,d has %,d bytes, and a message of ring '%s' has %,d at most; replay"
                    + " into a larger ring").formatted(
                    message.sequence(), payload.length, ring.name(), ring.options().maxMessageBytes()));
        }
        producer.claim(claim, message.type(), payload.length);
        claim.buffer().putBytes(0, payload);
        claim.commit();
    }

    @Override
    public void close() {
        space.close();
    }
}
