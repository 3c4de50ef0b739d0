package io.sluice.pool.connection;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.Waitable;
import io.sluice.core.park.Waiter;
import io.sluice.shm.pipe.BrokenPipeException;
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

/// One side of a connection over a socket; [Listener#accept()] and [Client] make it. A message is an object or bytes;
/// it is received as a whole, and in the form in which it was sent. The methods and their contracts are those of
/// [io.sluice.shm.pipe.Connection].
///
/// - **Threads:** any. Many may send: one writes at a time, so messages do not mix, and those of one thread keep their
///   order. Many may receive: each message goes to one of them.
/// - **Blocking:** a send waits while the buffers of the socket are full, a receive waits for a message.
/// - **Ordering:** what a thread did before it sent a message happened before the receiver got it, for the objects of a
///   space that both use too.
/// - **The other side:** when it has closed, everything that it sent can be received; after that a receive throws
///   `EOFException`. When its process died, or the network failed, it is the subclass [PeerDiedException]. A send then
///   throws [BrokenPipeException]; over TCP, one may still succeed and go nowhere, until the system learns of the end.
///   A message that was cut off is not received.
/// - **Errors:** an object that does not decode is dropped, and the next message can be received. Bytes that are no
///   message, or one beyond the limit, close the connection with a `ProtocolException`.
/// - **Interrupts:** end every wait. An interrupted receive or poll loses nothing: the part of a message that has
///   arrived stays. A send that was interrupted before its first byte has sent nothing, and throws
///   `InterruptedException`. After its first byte the message cannot be taken back, so the connection is closed, and
///   the send throws `ClosedByInterruptException` with the interrupt status set, as a channel of the JDK does.
/// - **Close:** ends the waits of all threads of this side with [ClosedException].
/// - **Allocation:** what the codec allocates, and the arrays that are returned. A connection has two buffers of 16 KiB
///   and one as long as the last message, at most 1 MiB.
/// - **Descriptors:** three, for the socket and the waits of receivers; two more after the first wait in a send.
/// - **Travel:** a connection stays in its process.
///
/// @param <E> type of the objects
public final class SocketConnection<E> implements Waitable, AutoCloseable {
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int FIRST_BUFFER_BYTES = 1024;

    private final Address address;
    private final Codec<E> codec;
    private final int maxFrameBytes;
    private final Transport transport;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final Runnable whenClosed;
    private final ReentrantLock receiving = new ReentrantLock();
    private final AtomicReference<ExpandableMemoryBuffer> idle = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    /// Why it was closed, for later calls.
    private volatile String why = "this side was closed";

    /// Makes a value of a message.
    private interface Taking<T> {
        T take(ExpandableMemoryBuffer body, int length);
    }

    SocketConnection(Address address, Codec<E> codec, ConnectionOptions options, Transport transport,
            Handshake handshake, Runnable whenClosed) {
        this.address = address;
        this.codec = codec;
        this.maxFrameBytes = options.maxFrameBytes();
        this.transport = transport;
        this.reader = handshake.reader();
        this.writer = handshake.writer();
        this.whenClosed = whenClosed;
        reader.admitMessages(maxFrameBytes);
    }

    /// Sends an object. It is encoded at once, so later changes of it have no effect.
    ///
    /// @param value not null
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws ClosedByInterruptException if interrupted after the first byte was sent; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait
    /// @throws InterruptedException if interrupted before the first byte; nothing was sent
    /// @throws IllegalArgumentException if the message is longer than the limit; nothing was sent
    /// @throws CodecException if the object does not travel; nothing was sent
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

    /// Sends bytes.
    ///
    /// @param bytes the message
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws ClosedByInterruptException if interrupted after the first byte was sent; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait
    /// @throws InterruptedException if interrupted before the first byte; nothing was sent
    /// @throws IllegalArgumentException if the message is longer than the limit; nothing was sent
    public void sendBytes(byte[] bytes) throws IOException, InterruptedException {
        sendBytes(bytes, 0, bytes.length);
    }

    /// Sends a range of an array.
    ///
    /// @param bytes the array
    /// @param offset of the first byte
    /// @param length how many
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws ClosedByInterruptException if interrupted after the first byte was sent; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait
    /// @throws InterruptedException if interrupted before the first byte; nothing was sent
    /// @throws IllegalArgumentException if the message is longer than the limit; nothing was sent
    /// @throws IndexOutOfBoundsException if the range is not within the array
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

    /// Receives an object.
    ///
    /// @return the object
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws ProtocolException if the other side sent bytes that are no message; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalStateException if the next message is bytes; it stays
    /// @throws CodecException if the object does not decode; it is dropped
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

    /// Receives bytes.
    ///
    /// @return the message
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws ProtocolException if the other side sent bytes that are no message; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalStateException if the next message is an object; it stays
    public byte[] receiveBytes() throws IOException, InterruptedException {
        return receive(Frame.BYTES, (body, length) -> {
            byte[] bytes = new byte[length];
            body.getBytes(0, bytes);
            reader.drop();
            return bytes;
        });
    }

    /// Receives bytes into a buffer.
    ///
    /// @param target receives the message at its position
    /// @return length of the message
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws ProtocolException if the other side sent bytes that are no message; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws BufferOverflowException if the message is longer than the buffer has room; it stays
    /// @throws IllegalStateException if the next message is an object; it stays
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

    /// Whether [#receive()] would not wait: a whole message is there, or the end.
    ///
    /// @param timeout longest wait for that; zero or less looks once
    /// @param unit of the time-out
    /// @return false if neither came in time
    /// @throws ProtocolException if the other side sent bytes that are no message; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait
    /// @throws InterruptedException if interrupted before or while waiting
    public boolean poll(long timeout, TimeUnit unit) throws IOException, InterruptedException {
        long deadline = Waiter.deadline(unit.toNanos(timeout));
        enter();
        try {
            return await(deadline);
        } finally {
            receiving.unlock();
        }
    }

    /// Ready if a message is there, or none will come: then the next receive says why.
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            return poll(timeout, unit);
        } catch (IOException theNextReceiveThrowsIt) {
            return true;
        }
    }

    /// The bytes that are received, as a stream without message borders.
    ///
    /// @return a channel that closes this side when it is closed, or when a read is interrupted
    public ReadableByteChannel readable() {
        checkOpen();
        return new MessageChannels.Source(this);
    }

    /// The bytes that are sent, as a stream; each call sends messages of at most 16 KiB.
    ///
    /// @return a channel that closes this side when it is closed, or when a write is interrupted
    public WritableByteChannel writable() {
        checkOpen();
        return new MessageChannels.Sink(this);
    }

    int maxFrameBytes() {
        return maxFrameBytes;
    }

    private <T> T receive(byte wanted, Taking<T> taking) throws IOException, InterruptedException {
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

    /// The address of the listener.
    ///
    /// @return the address
    public Address address() {
        return address;
    }

    /// Whether this side is usable. That the other side has ended shows in [#receive()] and [#send].
    ///
    /// @return false after it was closed, by [#close()], an interrupt within a message, or damaged bytes
    public boolean isOpen() {
        return !closed.get();
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
            transport.endWaits();
            if (reader.end() == FrameReader.End.OPEN) {
                var _ = writer.writeFarewell(System.nanoTime() + FAREWELL_NANOS);
            }
        } catch (IOException gone) {
            // The other side needs no farewell.
        } finally {
            try {
                transport.close();
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
