package io.sluice.bench.link;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// The Disruptor, between two threads of one process: messages are written to the buffers in its ring.
record DisruptorLink(RingBuffer<UnsafeBuffer> ring) implements Link {
    private static final int EVENTS = Math.max(1, Setting.RING_BYTES / Math.max(64, Setting.PAYLOAD_BYTES));

    DisruptorLink(Place place) {
        this(cast(place.inProcess(RingBuffer.class, () -> RingBuffer.createSingleProducer(
                () -> new UnsafeBuffer(new byte[Setting.PAYLOAD_BYTES]), EVENTS))));
    }

    @SuppressWarnings("unchecked")   // the constructor made it with this type
    private static RingBuffer<UnsafeBuffer> cast(RingBuffer<?> ring) {
        return (RingBuffer<UnsafeBuffer>) ring;
    }

    @Override
    public Sender sender() {
        return sequence -> {
            if (!ring.hasAvailableCapacity(1)) {
                return false;
            }
            long next = ring.next();
            Payload.write(ring.get(next), 0, sequence);
            ring.publish(next);
            return true;
        };
    }

    @Override
    public Receiver receiver() {
        EventPoller<UnsafeBuffer> poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
        SequenceCheck sequences = new SequenceCheck();
        int[] count = new int[1];
        EventPoller.Handler<UnsafeBuffer> handler = (message, sequence, endOfBatch) -> {
            sequences.check(Payload.read(message, 0, Setting.PAYLOAD_BYTES));
            return ++count[0] < Receiver.READ_LIMIT;
        };
        return () -> {
            count[0] = 0;
            try {
                var _ = poller.poll(handler);
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
            return count[0];
        };
    }
}
