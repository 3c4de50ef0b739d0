package io.sluice.jmh.crossprocess;

import io.sluice.core.codec.Codec;
import io.sluice.shm.queue.SharedQueue;

/// Our queue of a small record, which is encoded, decoded and allocated for each message.
record QueueLink(SharedQueue<Tick> queue) implements Link {
    /// The record.
    record Tick(long sequence, int quantity, double price) {
        static Tick of(long sequence) {
            return new Tick(sequence, (int) sequence, sequence);
        }
    }

    QueueLink(Place place, int capacity) {
        this(place.space().queue(place.name(), Codec.ofRecord(Tick.class), capacity));
    }

    @Override
    public Sender sender() {
        return sequence -> queue.offer(Tick.of(sequence));
    }

    @Override
    public Receiver receiver() {
        return new Receiver() {
            private long next;

            @Override
            public int receive() {
                int count = 0;
                for (; count < READ_LIMIT; count++) {
                    Tick tick = queue.poll();
                    if (tick == null) {
                        break;
                    }
                    if (tick.sequence() != next || tick.quantity() != (int) next || tick.price() != next) {
                        throw new IllegalStateException("expected %s, found %s".formatted(Tick.of(next), tick));
                    }
                    next++;
                }
                return count;
            }
        };
    }
}
