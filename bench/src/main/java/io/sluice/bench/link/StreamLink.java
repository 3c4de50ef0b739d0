package io.sluice.bench.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.agrona.concurrent.UnsafeBuffer;

/// A stream of bytes through the kernel: one system call for each sent message, and one for all messages that have
/// arrived. The ends connect with the first message, so that two links in opposite directions do not wait for each
/// other.
abstract class StreamLink implements Link {
    private static final int BUFFER_BYTES = Math.max(1 << 16, 2 * Setting.PAYLOAD_BYTES);

    /// The writing end, which blocks while there is no room.
    abstract WritableByteChannel connect() throws IOException;

    /// Prepares [#accept], in the receiving process.
    abstract void bind() throws IOException;

    /// The reading end; with [Setting#PARK] its reads block while there are no bytes.
    abstract ReadableByteChannel accept() throws IOException;

    @Override
    public final Sender sender() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Setting.PAYLOAD_BYTES);
        UnsafeBuffer message = new UnsafeBuffer(bytes);
        return new Sender() {
            private WritableByteChannel channel;

            @Override
            public boolean trySend(long sequence) {
                try {
                    if (channel == null) {
                        channel = connect();
                    }
                    Payload.write(message, 0, sequence);
                    bytes.clear();
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                    return true;
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            }
        };
    }

    @Override
    public final Receiver receiver() {
        try {
            bind();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_BYTES);
        UnsafeBuffer messages = new UnsafeBuffer(bytes);
        SequenceCheck sequences = new SequenceCheck();
        return new Receiver() {
            private ReadableByteChannel channel;

            @Override
            public int receive() {
                try {
                    if (channel == null) {
                        channel = accept();
                    }
                    if (channel.read(bytes) < 0) {
                        throw new IllegalStateException("the sender closed the stream");
                    }
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
                return readMessages();
            }

            private int readMessages() {
                int count = bytes.position() / Setting.PAYLOAD_BYTES;
                for (int i = 0; i < count; i++) {
                    sequences.check(Payload.read(messages, i * Setting.PAYLOAD_BYTES, Setting.PAYLOAD_BYTES));
                }
                bytes.flip();
                bytes.position(count * Setting.PAYLOAD_BYTES);
                bytes.compact();
                return count;
            }

            @Override
            public int await() {
                for (;;) {
                    int count = receive();
                    if (count > 0) {
                        return count;
                    }
                }
            }
        };
    }
}
