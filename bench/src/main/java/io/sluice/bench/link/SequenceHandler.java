package io.sluice.bench.link;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// Reads the whole payload of each message, and checks that it is the next one.
final class SequenceHandler implements MessageHandler {
    /// The type of all messages; Agrona requires it to be positive.
    static final int TYPE = 1;

    private final SequenceCheck sequences = new SequenceCheck();

    @Override
    public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        sequences.check(Payload.read(buffer, index, length));
    }
}
