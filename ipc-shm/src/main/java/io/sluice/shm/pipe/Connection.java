package io.sluice.shm.pipe;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.Waitable;
import io.sluice.core.owner.Closing;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.Ring;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.space.ObjectHandle;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// One end of a pipe. A message is an object or bytes; it is received as a whole, and in the form in which it was sent.
///
/// - **Threads:** any; one thread sends at a time, and one receives.
/// - **Blocking:** a send waits for room in the ring, a receive for a message. Messages larger than the ring go through
///   files of their own.
/// - **The other side:** while no process has taken the other end yet, sends fill the ring and receives wait. When it
///   was closed, or its process died, everything it sent can be received; after that a receive throws `EOFException`,
///   or its subclass [PeerDiedException], and a send throws [BrokenPipeException].
/// - **Errors:** a message that does not decode, whatever the codec threw, is dropped; one that could not be received
///   because memory, stack or descriptors are short stays.
/// - **Interrupts:** end every wait; nothing was sent or received.
/// - **Allocation:** what the codec allocates, and the arrays that are returned.
/// - **Travel:** an end is `Serializable` as part of a task for a child of `JavaProcess` or a pool. Queues, pipes and
///   other streams refuse it, and it stays open here. After it was sent, the end belongs to the receiver: here every
///   method throws, and a close does nothing. On the way it is reserved, so the other side waits for it, and no other
///   process can take it. The other side sees the end of the stream if the child ends before it took the end, if the
///   message is not encoded after all, or if this process leaves the pipe before. No thread may use an end while it is
///   sent.
///
/// @param <E> type of the objects
public final class Connection<E> implements ObjectHandle, Waitable, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;
    private static final int CHANNEL_CHUNK_BYTES = 8192;

    private final transient SharedPipe<E> pipe;
    private final transient boolean first;
    private final transient Sender<E> sender;
    private final transient Receiver<E> receiver;
    /// Whether this end owns the handle of the pipe and closes it, since it was sent without one.
    private final transient boolean alone;
    private transient volatile boolean closed;
    private transient volatile boolean sent;

    private record Reference(ObjectReference pipe, Codec<?> codec, boolean first, int sending, int receiving)
            implements Serializable {
        @Serial
        private Object readResolve() {
            SharedPipe<?> opened = pipe.attach().handle(opening -> new SharedPipe<>(opening, codec));
            try {
                return opened.arrived(first, sending, receiving);
            } catch (RuntimeException | Error refused) {
                try {
                    opened.close();
                } catch (RuntimeException | Error also) {
                    refused.addSuppressed(also);
                }
                throw refused;
            }
        }
    }

    Connection(SharedPipe<E> pipe, boolean first, Sender<E> sender, Receiver<E> receiver, boolean alone) {
        this.pipe = pipe;
        this.first = first;
        this.sender = sender;
        this.receiver = receiver;
        this.alone = alone;
    }

    /// Sends an object. It is encoded at once, so later changes of it have no effect.
    ///
    /// @param value not null
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws InterruptedException if interrupted before or while waiting for room
    public void send(E value) throws BrokenPipeException, InterruptedException {
        sender().send(Objects.requireNonNull(value, "value"));
    }

    /// Receives an object.
    ///
    /// @return the object
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalStateException if the next message is bytes; it stays
    public E receive() throws EOFException, InterruptedException {
        return receiver().receive();
    }

    /// Sends bytes.
    ///
    /// @param bytes the message
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws InterruptedException if interrupted before or while waiting for room
    public void sendBytes(byte[] bytes) throws BrokenPipeException, InterruptedException {
        sender().sendBytes(bytes, 0, bytes.length);
    }

    /// Sends a range of an array.
    ///
    /// @param bytes the array
    /// @param offset of the first byte
    /// @param length how many
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws InterruptedException if interrupted before or while waiting for room
    /// @throws IndexOutOfBoundsException if the range is not within the array
    public void sendBytes(byte[] bytes, int offset, int length) throws BrokenPipeException, InterruptedException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        sender().sendBytes(bytes, offset, length);
    }

    /// Receives bytes.
    ///
    /// @return the message
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalStateException if the next message is an object; it stays
    public byte[] receiveBytes() throws EOFException, InterruptedException {
        return receiver().receiveBytes();
    }

    /// Receives bytes into a buffer.
    ///
    /// @param target receives the message at its position
    /// @return length of the message
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws InterruptedException if interrupted before or while waiting
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
    /// @throws InterruptedException if interrupted before or while waiting
    public boolean poll(long timeout, TimeUnit unit) throws InterruptedException {
        return receiver().poll(Waiter.deadline(unit.toNanos(timeout)));
    }

    /// Ready if a message is there, or none will come, as [#poll(long, TimeUnit)].
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return poll(timeout, unit);
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

    /// Whether this end is usable here.
    ///
    /// @return false after it was closed, or sent to another process
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
            throw new ClosedException((sent ? "pipe '%s': this end was sent to another process, which has it now"
                    : "pipe '%s': this end was closed").formatted(pipe.name()));
        }
    }

    /// The name of the pipe in its space.
    @Override
    public String name() {
        return pipe.name();
    }

    /// Whether the name still leads to the pipe of this end.
    @Override
    public boolean isLinked() {
        return pipe.isLinked();
    }

    /// Removes the name of the pipe, but only if it still leads to it.
    @Override
    public boolean unlink() {
        return pipe.unlink();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Serial
    private synchronized Object writeReplace() {
        checkOpen();
        if (!KeptObjects.isCollecting()) {       // elsewhere a lost message would lose the end
            throw new UnsupportedOperationException(("pipe '%s': an end travels to a child of JavaProcess or in a task"
                    + " of a pool, where its sender learns whether it arrived; send the pipe, and take the end there")
                    .formatted(pipe.name()));
        }
        if (sender != null) {
            sender.keepOut();
        }
        try {
            return receiver == null ? reserved() : withoutReceivers();
        } finally {
            if (sender != null) {
                sender.letIn();
            }
        }
    }

    private Reference withoutReceivers() {
        receiver.keepOut();
        try {
            return reserved();
        } finally {
            receiver.letIn();
        }
    }

    private Reference reserved() {
        int sending = Ring.NO_RESERVATION;
        int receiving = Ring.NO_RESERVATION;
        boolean reserved = false;
        try {
            ObjectReference names = pipe.reference();
            sending = sender == null ? Ring.NO_RESERVATION : sender.reserve();
            receiving = receiver == null ? Ring.NO_RESERVATION : receiver.reserve();
            KeptObjects.whenReceived(pipe.withdrawal(first, sending, receiving));
            reserved = true;
            sent = true;
            close();
            return new Reference(names, pipe.codec(), first, sending, receiving);
        } finally {
            if (!reserved && sending != Ring.NO_RESERVATION) {
                pipe.withdrawal(first, sending, receiving).run();
            }
        }
    }

    /// Closes this end: the other side reads what was sent, and then sees the end. A second call does nothing.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Closing closing = new Closing();
            if (receiver != null) {
                // First: once the peer sees the end of the stream, it knows that no later send of its own arrives.
                closing.then(receiver);
            }
            if (sender != null) {
                closing.then(sender);
            }
            if (alone) {
                closing.then(pipe);
            }
            closing.end();
        }
    }

    /// Pipe and end, for display.
    @Override
    public String toString() {
        return "Connection[%s, %s end%s]".formatted(pipe.name(), first ? "first" : "second",
                sent ? ", sent" : closed ? ", closed" : "");
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
