package io.sluice.bench.link;

import io.sluice.core.memory.Memory;

/// A bare cache line that holds the number of the last message: the floor of a round trip. It is no queue, so it serves
/// only measures with one message under way.
record FlagLink(long line) implements Link {
    FlagLink(Place place) {
        this(place.map(128));
    }

    @Override
    public Sender sender() {
        return sequence -> {
            Memory.putLongRelease(line, sequence + 1);     // pairs with the acquire of the receiver
            return true;
        };
    }

    @Override
    public Receiver receiver() {
        return new Receiver() {
            private final SequenceCheck sequences = new SequenceCheck();
            private long seen;

            @Override
            public int receive() {
                long sent = Memory.getLongAcquire(line);
                if (sent == seen) {
                    return 0;
                }
                sequences.check(sent - 1);
                seen = sent;
                return 1;
            }
        };
    }
}
