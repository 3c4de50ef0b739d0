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
/// A task with a context has [#WITH_CONTEXT] in its kind, and before its body the length of the context as an `int` and
/// its bytes. One without has no byte for it.
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
    private static final int WITH_CONTEXT = 1 << 8;

    private final transient Message arrived = new Message();

    @Override
    public int encode(Message message, MutableDirectBuffer buffer, int offset) {
        byte[] context = message.context;
        buffer.putInt(offset, context == null ? message.kind : message.kind | WITH_CONTEXT);
        buffer.putInt(offset + WORKER, message.worker);
        buffer.putLong(offset + TASK, message.task);
        buffer.putLong(offset + JOB, message.job);
        buffer.putLong(offset + NANOS, message.nanos);
        buffer.putInt(offset + WORD_INDEX, message.wordIndex);
        buffer.putInt(offset + FUNCTION_BYTES, message.functionBytes);
        int body = BODY;
        if (context != null) {
            buffer.putInt(offset + BODY, context.length);
            buffer.putBytes(offset + BODY + Integer.BYTES, context, 0, context.length);
            body += Integer.BYTES + context.length;
        }
        return body + message.body.write(buffer, offset + body);
    }

    @Override
    public Message decode(DirectBuffer buffer, int offset, int length) {
        if (length < BODY) {
            throw new CodecException("expected a message of at least %d bytes, found %d".formatted(BODY, length));
        }
        Message message = arrived;
        int kind = buffer.getInt(offset);
        int contextBytes = (kind & WITH_CONTEXT) == 0 ? -1 : contextBytes(buffer, offset, length);
        int body = contextBytes < 0 ? BODY : BODY + Integer.BYTES + contextBytes;
        message.kind = kind & ~WITH_CONTEXT;
        message.worker = buffer.getInt(offset + WORKER);
        message.task = buffer.getLong(offset + TASK);
        message.job = buffer.getLong(offset + JOB);
        message.nanos = buffer.getLong(offset + NANOS);
        message.wordIndex = buffer.getInt(offset + WORD_INDEX);
        message.functionBytes = buffer.getInt(offset + FUNCTION_BYTES);
        message.length = length - body;
        if (message.functionBytes < 0 || message.functionBytes > message.length) {
            throw new CodecException("expected a function within %d bytes, found one of %d".formatted(
                    message.length, message.functionBytes));
        }
        message.arrive(buffer, offset + BODY + Integer.BYTES, contextBytes, offset + body, message.length);
        return message;
    }

    private static int contextBytes(DirectBuffer buffer, int offset, int length) {
        int most = Math.min(TaskOptions.MAX_CONTEXT_BYTES, length - BODY - Integer.BYTES);
        int bytes = most < 0 ? -1 : buffer.getInt(offset + BODY);
        if (bytes < 0 || bytes > most) {
            throw new CodecException("expected a context within %d bytes, found one of %d".formatted(most, bytes));
        }
        return bytes;
    }

    @Override
    public String identity() {
        return "sluice pool message 3";
    }

    /// A copy decodes into a message of its own.
    private Object readResolve() {
        return new MessageCodec();
    }
}
