package io.sluice.bench.link;

import org.agrona.concurrent.UnsafeBuffer;
import org.jctools.queues.SpscArrayQueue;

/// JCTools' array queue of one producer and one consumer, between two threads of one process. The queue passes
/// references to buffers. There are twice as many buffers as places in the queue, so that a buffer is written again
/// only after its message was read.
final class JctoolsLink implements Link {
    private static final int PLACES = Math.max(4, Setting.RING_BYTES / Math.max(64, Setting.PAYLOAD_BYTES));

    private final SpscArrayQueue<UnsafeBuffer> queue;

    @SuppressWarnings("unchecked")   // made right here
    JctoolsLink(Place place) {
        queue = place.inProcess(SpscArrayQueue.class, () -> new SpscArrayQueue<UnsafeBuffer>(PLACES));
    }

    @Override
    public Sender sender() {
        UnsafeBuffer[] messages = new UnsafeBuffer[2 * PLACES];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = new UnsafeBuffer(new byte[Setting.PAYLOAD_BYTES]);
        }
        return sequence -> {
            UnsafeBuffer message = messages[(int) sequence & (messages.length - 1)];
            Payload.write(message, 0, sequence);
            return queue.offer(message);
        };
    }

    @Override
    public Receiver receiver() {
        SequenceCheck sequences = new SequenceCheck();
        return () -> queue.drain(
                message -> sequences.check(Payload.read(message, 0, Setting.PAYLOAD_BYTES)), Receiver.READ_LIMIT);
    }
}
