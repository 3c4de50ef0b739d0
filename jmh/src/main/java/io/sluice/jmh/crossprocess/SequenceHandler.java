package io.sluice.jmh.crossprocess;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// Checks that each message is the next one.
final class SequenceHandler implements MessageHandler {
    /// The type that all our messages have; Agrona wants it positive.
    static final int TYPE = 1;

    private long next;

    @Override
    public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        Payload.check(buffer, index, length, next++);
    }
}
