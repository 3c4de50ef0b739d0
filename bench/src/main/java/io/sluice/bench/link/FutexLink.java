package io.sluice.bench.link;

import io.sluice.core.memory.Memory;
import io.sluice.shm.linux.Futex;

/// A bare futex: the floor of a wake-up, and of waiting, since its sleeps are as long as the slices of our waiters. The
/// word counts the messages.
record FutexLink(long word) implements Link {
    private static final long SLICE_NANOS = 10_000_000;

    FutexLink(Place place) {
        this(place.map(128));
    }

    @Override
    public Sender sender() {
        return sequence -> {
            Memory.putIntVolatile(word, (int) sequence + 1);
            Futex.INSTANCE.unpark(word);
            return true;
        };
    }

    @Override
    public Receiver receiver() {
        return new Receiver() {
            private final SequenceCheck sequences = new SequenceCheck();
            private int seen;

            @Override
            public int receive() {
                int sent = Memory.getIntVolatile(word);
                if (sent == seen) {
                    return 0;
                }
                sequences.check(sent - 1);
                seen = sent;
                return 1;
            }

            @Override
            public int await() {
                for (;;) {
                    if (receive() == 1) {
                        return 1;
                    }
                    Futex.INSTANCE.park(word, seen, SLICE_NANOS);
                }
            }
        };
    }
}
