package io.sluice.pool.connection;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/// Finds the messages in a stream of bytes. A message that has arrived in part stays here, so a wait may end at any
/// point and go on later.
///
/// - **Threads:** one at a time.
/// - **Trust:** the header is checked before memory is used for the body; and the body grows with the bytes that came,
///   so that an announced length costs nothing.
final class FrameReader {
    private static final int CHUNK_BYTES = 16 << 10;
    private static final int FIRST_BODY_BYTES = 256;
    private static final byte NONE = 0;

    /// How the stream ended.
    enum End {
        /// It did not.
        OPEN,
        /// The other side closed.
        CLOSED,
        /// The stream ended without a farewell: the other side died, or the network failed.
        CUT_OFF
    }

    private final SocketStream stream;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).flip();
    private final ExpandableMemoryBuffer body = new ExpandableMemoryBuffer(FIRST_BODY_BYTES);
    private int mostBytes;
    private byte firstKind = Frame.GREETING;
    private byte lastKind = Frame.STAYS;
    private byte kind = NONE;
    private int length;
    private int filled;
    private volatile End end = End.OPEN;
    private IOException cause;

    /// @param mostBytes the longest body
    FrameReader(SocketStream stream, int mostBytes) {
        this.stream = stream;
        this.mostBytes = mostBytes;
    }

    /// From here on the stream has messages of users, and no greetings.
    void admitMessages(int longestBytes) {
        mostBytes = longestBytes;
        firstKind = Frame.OBJECT;
        lastKind = Frame.FAREWELL;
    }

    /// Waits until a whole message is here, or the end.
    ///
    /// @return false if neither came in time
    /// @throws ProtocolException if the bytes are no messages; the stream cannot be used any more
    /// @throws ClosedChannelException if this side closed
    boolean await(long deadline) throws IOException, InterruptedException {
        while (true) {
            takeFromChunk();
            if (end != End.OPEN || (kind != NONE && filled == length)) {
                return true;
            }
            if (!fillChunk() && !stream.awaitReadable(deadline)) {
                return false;
            }
        }
    }

    private void takeFromChunk() throws ProtocolException {
        if (kind == NONE) {
            if (end != End.OPEN || chunk.remaining() < Frame.HEADER_BYTES) {
                return;
            }
            readHeader(chunk.getInt(), chunk.get());
        }
        int count = Math.min(chunk.remaining(), length - filled);
        if (count > 0) {
            body.putBytes(filled, chunk, count);
            filled += count;
        }
        if (kind == Frame.FAREWELL) {
            end = End.CLOSED;
        }
    }

    private void readHeader(int announced, byte found) throws ProtocolException {
        boolean known = (found >= firstKind && found <= lastKind);
        if (!known || announced < 0 || (found == Frame.FAREWELL && announced != 0)) {
            throw new ProtocolException(("expected the header of a message, found kind %d with length %,d: the other"
                    + " side does not speak this protocol, or its bytes were damaged on the way")
                    .formatted(found, announced));
        }
        if (announced > mostBytes) {
            throw new ProtocolException(("expected a message of at most %,d bytes, found one of %,d; raise"
                    + " maxFrameBytes of the options on this side, or split the message").formatted(
                    mostBytes, announced));
        }
        kind = found;
        length = announced;
        filled = 0;
    }

    /// Reads once. @return whether something has changed
    private boolean fillChunk() throws IOException {
        var _ = chunk.compact();
        try {
            int count = stream.read(chunk);
            if (count < 0) {
                end = End.CUT_OFF;
            }
            return count != 0;
        } catch (ClosedChannelException closed) {
            throw closed;
        } catch (SSLException damaged) {
            throw (ProtocolException) new ProtocolException("the session of TLS failed: " + damaged.getMessage())
                    .initCause(damaged);
        } catch (IOException reset) {
            cause = reset;
            end = End.CUT_OFF;
            return true;
        } finally {
            chunk.flip();
        }
    }

    /// How the stream ended; the last message may still be here.
    End end() {
        return end;
    }

    /// Why the stream was cut off; null if the system gave no reason.
    IOException cause() {
        return cause;
    }

    /// Whether the stream ended within a message.
    boolean isWithinMessage() {
        return (kind != NONE && kind != Frame.FAREWELL) || chunk.hasRemaining();
    }

    /// Whether a whole message is here.
    boolean hasMessage() {
        return kind != NONE && kind != Frame.FAREWELL && filled == length;
    }

    byte kind() {
        return kind;
    }

    int length() {
        return length;
    }

    /// The bytes of the message, until [#drop].
    ExpandableMemoryBuffer body() {
        return body;
    }

    /// Goes on to the next message.
    void drop() {
        kind = NONE;
        body.trim();
    }
}
