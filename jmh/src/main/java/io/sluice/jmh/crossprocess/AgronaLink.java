package io.sluice.jmh.crossprocess;

import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/// Agrona's ring buffers. A process uses one of the two kinds only, so the compiler sees through the interface.
record AgronaLink(RingBuffer ring) implements Link {
    static AgronaLink oneToOne(Place place, int bytes) {
        return new AgronaLink(new OneToOneRingBuffer(place.agronaBuffer(bytes)));
    }

    static AgronaLink manyToOne(Place place, int bytes) {
        return new AgronaLink(new ManyToOneRingBuffer(place.agronaBuffer(bytes)));
    }

    @Override
    public Sender sender() {
        return sequence -> {
            int index = ring.tryClaim(SequenceHandler.TYPE, Payload.BYTES);
            if (index <= 0) {
                return false;
            }
            Payload.write(ring.buffer(), index, sequence);
            ring.commit(index);
            return true;
        };
    }

    @Override
    public Receiver receiver() {
        SequenceHandler handler = new SequenceHandler();
        return () -> ring.read(handler, Receiver.READ_LIMIT);
    }
}
