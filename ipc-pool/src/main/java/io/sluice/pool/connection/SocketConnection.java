package io.sluice.pool.connection;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.ClosedException;
import io.sluice.core.park.Waiter;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/// A connection whose messages go through a socket.
///
/// It has two buffers of 16 KiB and one as long as the last message, at most 1 MiB; and three descriptors, for the
/// socket and the waits of receivers, and two more after the first wait in a send.
///
/// @param <E> type of the objects
final class SocketConnection<E> implements Connection<E> {
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int FIRST_BUFFER_BYTES = 1024;

    private final Address address;
    private final Transport transport;
    private final Codec<E> codec;
    private final int maxFrameBytes;
    private final SocketStream stream;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final Runnable whenClosed;
    private final ReentrantLock receiving = new ReentrantLock();
    private final AtomicReference<ExpandableMemoryBuffer> idle = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    /// Why it was closed, for later calls.
    private volatile String why = "this side was closed";
    /// That the other side broke the protocol, as a poll has found; the next receive throws it.
    private final AtomicReference<ProtocolException> found = new AtomicReference<>();

    /// Makes a value of a message.
    private interface Taking<T> {
        T take(ExpandableMemoryBuffer body, int length);
    }

    SocketConnection(Address address, Codec<E> codec, ConnectionOptions options, SocketStream stream,
            Handshake handshake, Runnable whenClosed) {
        this.address = address;
        this.transport = address instanceof Address.Unix ? Transport.UNIX
                : options.tls() == null ? Transport.TCP : Transport.TLS;
        this.codec = codec;
        this.maxFrameBytes = options.maxFrameBytes();
        this.stream = stream;
        this.reader = handshake.reader();
        this.writer = handshake.writer();
        this.whenClosed = whenClosed;
        reader.admitMessages(maxFrameBytes);
    }

    @Override
    public void send(E value) throws IOException, InterruptedException {
        Objects.requireNonNull(value, "value");
        checkOpen();
        Waiter.checkInterrupt();
        ExpandableMemoryBuffer kept = idle.getAndSet(null);
        ExpandableMemoryBuffer buffer = kept != null ? kept : new ExpandableMemoryBuffer(FIRST_BUFFER_BYTES);
        try {
            int length = codec.encode(value, buffer, 0);     // without the lock: the codec may send too
            if (length < 0 || length > buffer.capacity()) {
                throw new CodecException(
                        "%s: the codec says that it has written %,d bytes into a buffer of %,d".formatted(
                                this, length, buffer.capacity()));
            }
            send(Frame.OBJECT, (index, target, count) -> buffer.getBytes(index, target, count), length);
        } finally {
            buffer.trim();
            idle.set(buffer);
        }
    }

    @Override
    public void sendBytes(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        checkOpen();
        Waiter.checkInterrupt();
        send(Frame.BYTES, (index, target, count) -> target.put(bytes, offset + index, count), length);
    }

    private void send(byte kind, FrameWriter.Body body, int length) throws IOException, InterruptedException {
        if (length > maxFrameBytes) {
            throw new IllegalArgumentException(("%s: message of %,d bytes exceeds the limit of %,d; split it, or raise"
                    + " maxFrameBytes of the options on both sides").formatted(this, length, maxFrameBytes));
        }
        if (reader.end() != FrameReader.End.OPEN) {
            throw broken(null);
        }
        try {
            var _ = writer.write(kind, body, length, Waiter.FOREVER);
        } catch (IOException e) {
            if (writer.wasInterrupted()) {
                close("a send was interrupted within its message, of which the other side has a part");
            }
            if (e instanceof ClosedByInterruptException) {
                throw e;
            }
            checkOpen();
            throw broken(e);
        }
    }

    private BrokenPipeException broken(IOException cause) {
        BrokenPipeException exception = new BrokenPipeException(
                "%s: the other side has %s; no process will read what is sent".formatted(this,
                        reader.end() == FrameReader.End.CLOSED ? "closed its end" : "closed its end, or died"));
        exception.initCause(cause);
        return exception;
    }

    @Override
    public E receive() throws IOException, InterruptedException {
        return receive(Frame.OBJECT, this::decode);
    }

    private E decode(ExpandableMemoryBuffer body, int length) {
        try {
            MemoryBuffer window = new MemoryBuffer();        // ends with the message, which a codec may rely on
            window.wrap(body, 0, length);
            E value = codec.decode(window, 0, length);
            if (value == null) {
                throw new CodecException(this + ": the codec decoded null");
            }
            return value;
        } finally {
            reader.drop();
        }
    }

    @Override
    public byte[] receiveBytes() throws IOException, InterruptedException {
        return receive(Frame.BYTES, (body, length) -> {
            byte[] bytes = new byte[length];
            body.getBytes(0, bytes);
            reader.drop();
            return bytes;
        });
    }

    @Override
    public int receiveInto(ByteBuffer target) throws IOException, InterruptedException {
        return receive(Frame.BYTES, (body, length) -> {
            if (length > target.remaining()) {
                throw (BufferOverflowException) new BufferOverflowException().initCause(new IllegalArgumentException(
                        "%s: message of %,d bytes, room for %,d; it was not consumed".formatted(
                                this, length, target.remaining())));
            }
            body.getBytes(0, target, length);
            reader.drop();
            return length;
        });
    }

    @Override
    public boolean poll(long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = Waiter.deadline(unit.toNanos(timeout));
        if (found.get() != null) {
            return true;
        }
        enter();
        try {
            return await(deadline);
        } catch (ProtocolException broken) {
            found.set(broken);
            return true;
        } catch (IOException theNextReceiveThrowsIt) {
            return true;
        } finally {
            receiving.unlock();
        }
    }

    @Override
    public ReadableByteChannel readable() {
        checkOpen();
        return Connection.super.readable();
    }

    @Override
    public WritableByteChannel writable() {
        checkOpen();
        return Connection.super.writable();
    }

    @Override
    public int maxMessageBytes() {
        return maxFrameBytes;
    }

    @Override
    public Transport transport() {
        return transport;
    }

    private <T> T receive(byte wanted, Taking<T> taking) throws IOException, InterruptedException {
        ProtocolException broken = found.getAndSet(null);
        if (broken != null) {
            throw broken;
        }
        enter();
        try {
            var _ = await(Waiter.FOREVER);
            if (!reader.hasMessage()) {
                throw end();
            }
            if (reader.kind() != wanted) {
                throw new IllegalStateException((wanted == Frame.OBJECT
                        ? "%s: the next message is bytes; it was not consumed, call receiveBytes()"
                        : "%s: the next message is an object; it was not consumed, call receive()").formatted(this));
            }
            return taking.take(reader.body(), reader.length());
        } finally {
            receiving.unlock();
        }
    }

    private void enter() throws InterruptedException {
        checkOpen();
        if (receiving.isHeldByCurrentThread()) {
            throw new IllegalStateException(("%s: a message of this connection is being decoded; receive the next one"
                    + " after it").formatted(this));
        }
        receiving.lockInterruptibly();
    }

    private boolean await(long deadline) throws IOException, InterruptedException {
        Waiter.checkInterrupt();
        checkOpen();
        try {
            boolean arrived = reader.await(deadline);
            checkOpen();             // what a close has cut off is no end of the stream
            return arrived;
        } catch (ProtocolException e) {
            checkOpen();
            close("the other side broke the protocol");
            throw (ProtocolException) new ProtocolException(
                    "%s: %s; the connection was closed".formatted(this, e.getMessage())).initCause(e);
        } catch (ClosedChannelException e) {
            throw closed(e);
        }
    }

    private EOFException end() {
        if (reader.end() == FrameReader.End.CLOSED) {
            return new EOFException("%s: the other side closed its end; everything it had sent was received"
                    .formatted(this));
        }
        PeerDiedException died = new PeerDiedException((reader.isWithinMessage()
                ? "%s: the other side died, or the network failed, within a message, which is lost"
                : "%s: the other side died, or the network failed; all that arrived was received").formatted(this));
        died.initCause(reader.cause());
        return died;
    }

    private void checkOpen() {
        if (closed.get()) {
            throw closed(null);
        }
    }

    private ClosedException closed(Throwable cause) {
        ClosedException exception = new ClosedException("%s: %s".formatted(this, why));
        exception.initCause(cause);
        return exception;
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    /// Closes this side: the other side reads what was sent, and then sees the end. A second call does nothing.
    ///
    /// What the other side has sent, and this side has not received, is lost. Over TCP the system then resets the
    /// connection, and the other side may lose the last messages too: receive up to the end before a close, where that
    /// matters.
    ///
    /// - **Blocking:** does not wait while the other side reads. If the buffers of the socket are full, waits up to two
    ///   seconds for room for the farewell; without it, the other side takes the end for a death.
    @Override
    public void close() {
        close("this side was closed");
    }

    private void close(String reason) {
        if (closed.get()) {
            return;
        }
        synchronized (closed) {
            if (closed.get()) {
                return;
            }
            why = reason;
            closed.set(true);
        }
        try {
            stream.endWaits();
            if (reader.end() == FrameReader.End.OPEN) {
                var _ = writer.writeFarewell(System.nanoTime() + FAREWELL_NANOS);
            }
        } catch (IOException gone) {
            // The other side needs no farewell.
        } finally {
            try {
                stream.close();
            } finally {
                whenClosed.run();
            }
        }
    }

    /// The address of the listener, for display.
    @Override
    public String toString() {
        return "connection '%s'".formatted(address);
    }
}
