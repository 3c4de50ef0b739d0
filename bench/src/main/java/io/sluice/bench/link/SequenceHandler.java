package io.sluice.bench.link;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// Reads each message whole, and checks that it is the next one.
final class SequenceHandler implements MessageHandler {
    /// The type that all our messages have; Agrona wants it positive.
    static final int TYPE = 1;

    private final SequenceCheck sequences = new SequenceCheck();

    @Override
    public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        sequences.check(Payload.read(buffer, index, length));
    }
}
