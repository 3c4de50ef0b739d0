package io.sluice.pool;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Messages as a header and a body.
///
/// ```
///     0  | kind | worker | task            |
///    16  | job           | nanos           |
///    32  | wordIndex     | functionBytes   |
///    40  | body ...                        |
/// ```
///
/// - **Threads:** any number encode; one decodes, since every decoded message is the same object.
final class MessageCodec implements Codec<Message> {
    private static final long serialVersionUID = 1L;

    /// A trivial task and its header fit into a slot of this size.
    static final int SLOT_BYTES = 512;

    private static final int WORKER = 4;
    private static final int TASK = 8;
    private static final int JOB = 16;
    private static final int NANOS = 24;
    private static final int WORD_INDEX = 32;
    private static final int FUNCTION_BYTES = 36;
    private static final int BODY = 40;

    private final transient Message arrived = new Message();

    @Override
    public int encode(Message message, MutableDirectBuffer buffer, int offset) {
        buffer.putInt(offset, message.kind);
        buffer.putInt(offset + WORKER, message.worker);
        buffer.putLong(offset + TASK, message.task);
        buffer.putLong(offset + JOB, message.job);
        buffer.putLong(offset + NANOS, message.nanos);
        buffer.putInt(offset + WORD_INDEX, message.wordIndex);
        buffer.putInt(offset + FUNCTION_BYTES, message.functionBytes);
        return BODY + message.body.write(buffer, offset + BODY);
    }

    @Override
    public Message decode(DirectBuffer buffer, int offset, int length) {
        if (length < BODY) {
            throw new CodecException("expected a message of at least %d bytes, found %d".formatted(BODY, length));
        }
        Message message = arrived;
        message.kind = buffer.getInt(offset);
        message.worker = buffer.getInt(offset + WORKER);
        message.task = buffer.getLong(offset + TASK);
        message.job = buffer.getLong(offset + JOB);
        message.nanos = buffer.getLong(offset + NANOS);
        message.wordIndex = buffer.getInt(offset + WORD_INDEX);
        message.functionBytes = buffer.getInt(offset + FUNCTION_BYTES);
        message.length = length - BODY;
        if (message.functionBytes < 0 || message.functionBytes > message.length) {
            throw new CodecException("expected a function within %d bytes, found one of %d".formatted(
                    message.length, message.functionBytes));
        }
        message.arrive(buffer, offset + BODY, message.length);
        return message;
    }

    @Override
    public String identity() {
        return "sluice pool message 2";
    }

    /// A copy decodes into a message of its own.
    private Object readResolve() {
        return new MessageCodec();
    }
}
