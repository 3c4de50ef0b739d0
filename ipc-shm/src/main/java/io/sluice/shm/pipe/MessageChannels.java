package io.sluice.shm.pipe;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/// Channels of the JDK over the messages of a connection. They close it when they are closed, or interrupted.
final class MessageChannels {
    private static final int CHUNK_BYTES = 8192;

    private MessageChannels() {}

    /// The bytes that are received, without borders of messages.
    static final class Source implements ReadableByteChannel {
        private final Connection<?> connection;
        private ByteBuffer rest = ByteBuffer.allocate(0);

        Source(Connection<?> connection) {
            this.connection = connection;
        }

        @Override
        public synchronized int read(ByteBuffer target) throws IOException {
            if (!target.hasRemaining()) {
                return 0;
            }
            while (!rest.hasRemaining()) {
                try {
                    rest = ByteBuffer.wrap(connection.receiveBytes());
                } catch (PeerDiedException e) {
                    throw e;
                } catch (EOFException e) {
                    return -1;
                } catch (InterruptedException e) {
                    throw interrupted(connection, e);
                }
            }
            int count = Math.min(target.remaining(), rest.remaining());
            target.put(rest.slice().limit(count));
            rest.position(rest.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return !connection.isClosed();
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    /// Sends bytes, in messages of at most 8 KiB.
    static final class Sink implements WritableByteChannel {
        private final Connection<?> connection;

        Sink(Connection<?> connection) {
            this.connection = connection;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int total = source.remaining();
            byte[] chunk = new byte[Math.min(total, Math.min(CHUNK_BYTES, connection.maxMessageBytes()))];
            while (source.hasRemaining()) {
                int count = Math.min(source.remaining(), chunk.length);
                source.get(source.position(), chunk, 0, count);
                try {
                    connection.sendBytes(chunk, 0, count);
                } catch (InterruptedException e) {
                    throw interrupted(connection, e);
                }
                source.position(source.position() + count);      // only what was sent
            }
            return total;
        }

        @Override
        public boolean isOpen() {
            return !connection.isClosed();
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private static ClosedByInterruptException interrupted(Connection<?> connection, InterruptedException cause) {
        connection.close();                  // as every interruptible channel does
        Thread.currentThread().interrupt();
        ClosedByInterruptException exception = new ClosedByInterruptException();
        exception.initCause(cause);
        return exception;
    }
}
