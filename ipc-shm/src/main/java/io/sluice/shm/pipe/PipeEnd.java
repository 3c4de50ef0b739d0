package io.sluice.shm.pipe;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.Ring;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.space.ObjectHandle;
import java.io.EOFException;
import java.io.Serial;
import java.io.Serializable;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// One end of a pipe.
///
/// @param <E> type of the objects
final class PipeEnd<E> implements Connection<E>, ObjectHandle, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

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

    PipeEnd(SharedPipe<E> pipe, boolean first, Sender<E> sender, Receiver<E> receiver, boolean alone) {
        this.pipe = pipe;
        this.first = first;
        this.sender = sender;
        this.receiver = receiver;
        this.alone = alone;
    }

    @Override
    public void send(E value) throws BrokenPipeException, InterruptedException {
        sender().send(Objects.requireNonNull(value, "value"));
    }

    @Override
    public E receive() throws EOFException, ProtocolException, InterruptedException {
        return receiver().receive();
    }

    @Override
    public void sendBytes(byte[] bytes, int offset, int length) throws BrokenPipeException, InterruptedException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        sender().sendBytes(bytes, offset, length);
    }

    @Override
    public byte[] receiveBytes() throws EOFException, ProtocolException, InterruptedException {
        return receiver().receiveBytes();
    }

    @Override
    public int receiveInto(ByteBuffer target) throws EOFException, ProtocolException, InterruptedException {
        return receiver().receiveInto(target);
    }

    @Override
    public boolean poll(long timeout, TimeUnit unit) throws InterruptedException {
        return receiver().poll(Waiter.deadline(unit.toNanos(timeout)));
    }

    @Override
    public ReadableByteChannel readable() {
        receiver();
        return Connection.super.readable();
    }

    @Override
    public WritableByteChannel writable() {
        sender();
        return Connection.super.writable();
    }

    @Override
    public int maxMessageBytes() {
        return pipe.maxMessageBytes();
    }

    @Override
    public Transport transport() {
        return Transport.SHARED_MEMORY;
    }

    private Sender<E> sender() {
        checkOpen();
        if (sender == null) {
            throw new UnsupportedOperationException(
                    "pipe '%s' is simplex: its second end only receives".formatted(pipe.title()));
        }
        return sender;
    }

    private Receiver<E> receiver() {
        checkOpen();
        if (receiver == null) {
            throw new UnsupportedOperationException(
                    "pipe '%s' is simplex: its first end only sends".formatted(pipe.title()));
        }
        return receiver;
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException((sent ? "pipe '%s': this end was sent to another process, which has it now"
                    : "pipe '%s': this end was closed").formatted(pipe.title()));
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
                    .formatted(pipe.title()));
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
}
