package io.sluice.shm.pipe;

import io.sluice.core.idle.Waiter;
import io.sluice.core.owner.Closing;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// One end of a pipe. A message is an object or bytes; it is received as a whole, as what it was sent.
///
/// - **Threads:** any; those that send, and those that receive, take turns.
/// - **Blocking:** sending waits for room in the ring, receiving for a message. Messages larger than the ring go round
///   it.
/// - **The other side:** while nobody has taken it yet, sending fills the ring and receiving waits. When it was closed,
///   or its process died, what it sent is received to its end; then comes `EOFException`, or its subclass
///   [PeerDiedException]; and sending is a [BrokenPipeException].
/// - **Errors:** a message that does not decode, whatever the codec threw, is dropped; one that could not be received
///   for want of memory, stack or descriptors stays.
/// - **Interrupts:** end every wait; nothing was sent or received.
/// - **Allocation:** what the codec allocates, and the arrays that are returned.
///
/// @param <E> type of the objects
public final class Connection<E> implements AutoCloseable {
    private static final int CHANNEL_CHUNK_BYTES = 8192;

    private final SharedPipe<E> pipe;
    private final boolean first;
    private final Sender<E> sender;
    private final Receiver<E> receiver;
    private volatile boolean closed;

    Connection(SharedPipe<E> pipe, boolean first, Sender<E> sender, Receiver<E> receiver) {
        this.pipe = pipe;
        this.first = first;
        this.sender = sender;
        this.receiver = receiver;
    }

    /// Sends an object; it is encoded now, so later changes of it do not matter.
    ///
    /// @param value not null
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws InterruptedException if interrupted while waiting for room
    public void send(E value) throws BrokenPipeException, InterruptedException {
        sender().send(Objects.requireNonNull(value, "value"));
    }

    /// Receives an object.
    ///
    /// @return the object
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws InterruptedException if interrupted while waiting
    /// @throws IllegalStateException if the next message is bytes; it stays
    public E receive() throws EOFException, InterruptedException {
        return receiver().receive();
    }

    /// Sends bytes.
    ///
    /// @param bytes all of them
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws InterruptedException if interrupted while waiting for room
    public void sendBytes(byte[] bytes) throws BrokenPipeException, InterruptedException {
        sender().sendBytes(bytes, 0, bytes.length);
    }

    /// Sends some bytes of an array.
    ///
    /// @param bytes where they are
    /// @param offset of the first one
    /// @param length how many
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws InterruptedException if interrupted while waiting for room
    /// @throws IndexOutOfBoundsException if they are not all in the array
    public void sendBytes(byte[] bytes, int offset, int length) throws BrokenPipeException, InterruptedException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        sender().sendBytes(bytes, offset, length);
    }

    /// Receives bytes.
    ///
    /// @return the message
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws InterruptedException if interrupted while waiting
    /// @throws IllegalStateException if the next message is an object; it stays
    public byte[] receiveBytes() throws EOFException, InterruptedException {
        return receiver().receiveBytes();
    }

    /// Receives bytes into a buffer.
    ///
    /// @param target receives the message at its position
    /// @return length of the message
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws InterruptedException if interrupted while waiting
    /// @throws java.nio.BufferOverflowException if the message is longer than the buffer has room; it stays
    /// @throws IllegalStateException if the next message is an object; it stays
    public int receiveInto(ByteBuffer target) throws EOFException, InterruptedException {
        return receiver().receiveInto(target);
    }

    /// Whether [#receive()] would not wait: a message is there, or the end.
    ///
    /// @param timeout longest wait for that; zero or less looks once
    /// @param unit of the time-out
    /// @return false if neither came in time
    /// @throws InterruptedException if interrupted while waiting
    public boolean poll(long timeout, TimeUnit unit) throws InterruptedException {
        return receiver().poll(Waiter.deadline(unit.toNanos(timeout)));
    }

    /// The bytes that are received, as a stream without message borders.
    ///
    /// @return a channel that closes this end when it is closed
    public ReadableByteChannel readable() {
        receiver();
        return new Source();
    }

    /// The bytes that are sent, as a stream; each call sends messages of at most 8 KiB.
    ///
    /// @return a channel that closes this end when it is closed
    public WritableByteChannel writable() {
        sender();
        return new Sink();
    }

    /// Whether this end was not closed.
    ///
    /// @return false after [#close()]
    public boolean isOpen() {
        return !closed;
    }

    private Sender<E> sender() {
        checkOpen();
        if (sender == null) {
            throw new UnsupportedOperationException(
                    "pipe '%s' is simplex: its second end only receives".formatted(pipe.name()));
        }
        return sender;
    }

    private Receiver<E> receiver() {
        checkOpen();
        if (receiver == null) {
            throw new UnsupportedOperationException(
                    "pipe '%s' is simplex: its first end only sends".formatted(pipe.name()));
        }
        return receiver;
    }

    private void checkOpen() {
        if (closed) {
            throw new io.sluice.shm.error.ClosedException("pipe '%s': this end was closed".formatted(pipe.name()));
        }
    }

    /// Closes this end: the other side reads what was sent, and then sees the end. A second call does nothing.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Closing closing = new Closing();
            if (sender != null) {
                closing.then(sender::close);
            }
            if (receiver != null) {
                closing.then(receiver::close);
            }
            closing.end();
        }
    }

    /// Pipe and end, for people.
    @Override
    public String toString() {
        return "Connection[%s, %s end%s]".formatted(pipe.name(), first ? "first" : "second", closed ? ", closed" : "");
    }

    private final class Source implements ReadableByteChannel {
        private ByteBuffer rest = ByteBuffer.allocate(0);

        @Override
        public synchronized int read(ByteBuffer target) throws IOException {
            if (!target.hasRemaining()) {
                return 0;
            }
            while (!rest.hasRemaining()) {
                try {
                    rest = ByteBuffer.wrap(receiveBytes());
                } catch (PeerDiedException e) {
                    throw e;
                } catch (EOFException e) {
                    return -1;
                } catch (InterruptedException e) {
                    throw interrupted(e);
                }
            }
            int count = Math.min(target.remaining(), rest.remaining());
            target.put(rest.slice().limit(count));
            rest.position(rest.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            Connection.this.close();
        }
    }

    private final class Sink implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            int total = source.remaining();
            byte[] chunk = new byte[Math.min(total, CHANNEL_CHUNK_BYTES)];
            while (source.hasRemaining()) {
                int count = Math.min(source.remaining(), chunk.length);
                source.get(source.position(), chunk, 0, count);
                try {
                    sendBytes(chunk, 0, count);
                    source.position(source.position() + count);      // only what was sent
                } catch (InterruptedException e) {
                    throw interrupted(e);
                }
            }
            return total;
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            Connection.this.close();
        }
    }

    private ClosedByInterruptException interrupted(InterruptedException cause) {
        close();                     // as every interruptible channel does
        Thread.currentThread().interrupt();
        ClosedByInterruptException exception = new ClosedByInterruptException();
        exception.initCause(cause);
        return exception;
    }
}
