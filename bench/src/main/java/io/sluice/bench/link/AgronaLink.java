package io.sluice.bench.link;

import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// Agrona's ring buffers. A process uses only one of the two kinds, so the compiler can inline through the interface.
record AgronaLink(RingBuffer ring) implements Link {
    static AgronaLink oneToOne(Place place) {
        return new AgronaLink(new OneToOneRingBuffer(place.agronaBuffer(RingBufferDescriptor.TRAILER_LENGTH)));
    }

    static AgronaLink manyToOne(Place place) {
        return new AgronaLink(new ManyToOneRingBuffer(place.agronaBuffer(RingBufferDescriptor.TRAILER_LENGTH)));
    }

    @Override
    public Sender sender() {
        return sequence -> {
            int index = ring.tryClaim(SequenceHandler.TYPE, Setting.PAYLOAD_BYTES);
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
