package io.sluice.bench.link;

import io.sluice.core.codec.Codec;
import io.sluice.shm.queue.SharedQueue;

/// Our queue of a small record; each message encodes one, and decodes and allocates one.
record QueueLink(SharedQueue<Tick> queue) implements Link {
    /// The record.
    record Tick(long sequence, int quantity, double price) {
        static Tick of(long sequence) {
            return new Tick(sequence, (int) sequence, sequence);
        }

        /// Its number, after a check of the other components.
        long checked() {
            if (quantity != (int) sequence || price != sequence) {
                throw new IllegalStateException("torn record: " + this);
            }
            return sequence;
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
        SequenceCheck sequences = new SequenceCheck();
        return () -> {
            int count = 0;
            for (; count < Receiver.READ_LIMIT; count++) {
                Tick tick = queue.poll();
                if (tick == null) {
                    break;
                }
                sequences.check(tick.checked());
            }
            return count;
        };
    }
}
