package io.sluice.shm.pipe;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.RoleState;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.RingConsumer;
import io.sluice.shm.element.Scratch;
import io.sluice.shm.element.Scratches;
import io.sluice.shm.element.Shortage;
import java.io.EOFException;
import java.net.ProtocolException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// The receiving half of an end. A lock of this process admits one thread at a time.
final class Receiver<E> implements AutoCloseable {
    /*
     * A message is read inside the handler of the ring's consumer. A handler that throws leaves the message in place,
     * and one that returns consumes it; so a failure that drops the message is kept in a field and thrown afterwards.
     * Shortage says which failures drop it. Misuse (the wrong kind, a buffer that is too small) leaves the message.
     */
    private final Direction<E> way;
    private final RingConsumer consumer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Scratches scratches = new Scratches();
    // Made once: each evaluation of a method reference that captures `this` would allocate.
    private final MessageHandler handler = this::onMessage;
    private final Taking objects = this::takeObject;
    private final Taking byteArrays = Receiver::takeBytes;

    private int wanted;
    private Taking taking;
    private Object result;
    private Throwable failure;
    private boolean fromSide;

    /// Makes a value of a message. An exception leaves the message in place.
    private interface Taking {
        Object take(DirectBuffer buffer, int index, int length);
    }

    Receiver(Direction<E> way, RingConsumer consumer) {
        this.way = way;
        this.consumer = consumer;
    }

    @SuppressWarnings("unchecked")   // what takeObject returns comes from the codec
    E receive() throws EOFException, ProtocolException, InterruptedException {
        return (E) receive(Message.OBJECT, objects);
    }

    byte[] receiveBytes() throws EOFException, ProtocolException, InterruptedException {
        return (byte[]) receive(Message.BYTES, byteArrays);
    }

    int receiveInto(ByteBuffer target) throws EOFException, ProtocolException, InterruptedException {
        return (Integer) receive(Message.BYTES, (buffer, index, length) -> {
            if (length > target.remaining()) {
                throw (BufferOverflowException) new BufferOverflowException().initCause(new IllegalArgumentException(
                        "pipe '%s': message of %,d bytes, room for %,d; it was not consumed".formatted(
                                way.name(), length, target.remaining())));
            }
            buffer.getBytes(index, target, length);
            return length;
        });
    }

    /// Waits for a message or for the end. @return false if neither came in time
    boolean poll(long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        if (hasMessage() || isOver()) {
            return true;
        }
        way.object().liveness().sweep();   // a short wait may not notice a death
        // A pipe is never shut down: one whose memory says so is damaged, which receive reports.
        while (!hasMessage() && !isOver() && !way.ring().isShutdown()) {
            if (!consumer.await(this::isOver, deadline)) {
                return false;
            }
        }
        return true;
    }

    /// Steps over what was aborted, and leaves the message behind it. While another thread receives, it does so.
    private boolean hasMessage() {
        if (!consumer.isReady()) {
            return false;
        }
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return true;
        }
        try {
            consumer.stepOver();
            return consumer.isReady();
        } finally {
            lock.unlock();
        }
    }

    private Object receive(int kind, Taking how) throws EOFException, ProtocolException, InterruptedException {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException(("pipe '%s': a message of this end is being decoded; receive the next one"
                    + " after it").formatted(way.name()));
        }
        lock.lockInterruptibly();
        try {
            wanted = kind;
            taking = how;
            failure = null;
            while (consumer.read(handler, 1) == 0) {
                awaitMessage();
            }
            if (way.object().isClosed()) {       // the message read may be zeros
                throw new ClosedException("pipe '%s': this handle was closed".formatted(way.name()));
            }
            if (fromSide) {
                CrashPoint.LARGE_RELEASED.reached();
                way.removeSide(consumer.position());
            }
            if (failure != null) {
                throw Receiver.<RuntimeException>unchecked(failure);
            }
            return result;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            taking = null;
            result = null;
            failure = null;
            lock.unlock();
        }
    }

    private void awaitMessage() throws EOFException, InterruptedException {
        boolean over = isOver();
        if (!consumer.isReady()) {               // checked after isOver: messages sent before the end are read
            if (over) {
                throw end();
            }
            way.checkNotShutDown();
        }
        consumer.await(this::isOver, Waiter.FOREVER);    // sees interrupts, even if damage ends every wait at once
    }

    /// Throws the codec's exception unchanged, also if it is a checked one that the codec does not declare.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }

    private void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        fromSide = (type & Message.SIDE) != 0;
        int kind = type & ~Message.SIDE;
        if ((kind != Message.OBJECT && kind != Message.BYTES) || (fromSide && length != Integer.BYTES)) {
            failure = new CorruptObjectException(("pipe '%s': the message at position %,d has type %d and length %,d,"
                    + " which no message has; something else has written into the memory").formatted(
                    way.name(), consumer.position(), type, length));
            return;
        }
        int size = fromSide ? buffer.getInt(index) : length;
        if (size > way.maxMessageBytes()) {
            failure = new ProtocolException(("pipe '%s': expected a message of at most %,d bytes, found one of %,d;"
                    + " raise the limit on this side, or split the message").formatted(
                    way.name(), way.maxMessageBytes(), size));
            return;
        }
        if (kind != wanted) {
            throw wrongKind();
        }
        if (fromSide) {
            takeLarge(size);
        } else {
            result = taking.take(buffer, index, length);
        }
    }

    private void takeLarge(int length) {
        Scratch scratch = scratches.take();
        try {
            try {
                way.readSide(consumer.position(), length, scratch.bytes);
            } catch (RuntimeException refused) {
                dropUnlessShort(refused);
                return;
            }
            MemoryBuffer window = new MemoryBuffer();
            window.wrap(scratch.bytes, 0, length);   // keeps the memory as long as the codec keeps the window
            result = taking.take(window, 0, length);
        } finally {
            scratches.put(scratch);
        }
    }

    private E takeObject(DirectBuffer buffer, int index, int length) {
        try {
            E value = way.codec().decode(buffer, index, length);
            if (value == null) {
                throw new CodecException("pipe '%s': the codec decoded null".formatted(way.name()));
            }
            return value;
        } catch (Throwable e) {
            dropUnlessShort(e);
            return null;
        }
    }

    private void dropUnlessShort(Throwable e) {
        if (Shortage.isReasonOf(e)) {
            throw Receiver.<RuntimeException>unchecked(e);
        }
        failure = e;
    }

    private static byte[] takeBytes(DirectBuffer buffer, int index, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return bytes;
    }

    private IllegalStateException wrongKind() {
        return new IllegalStateException((wanted == Message.OBJECT
                ? "pipe '%s': the next message is bytes; it was not consumed, call receiveBytes()"
                : "pipe '%s': the next message is an object; it was not consumed, call receive()")
                .formatted(way.name()));
    }

    private boolean isOver() {
        return switch (way.ring().producerState()) {
            case NEVER_HELD, HELD -> false;
            case HOLDER_LEFT, HOLDER_DIED -> true;
        };
    }

    private EOFException end() {
        return way.ring().producerState() == RoleState.HOLDER_DIED
                ? new PeerDiedException("pipe '%s': the other side died; everything it had sent was received"
                        .formatted(way.name()))
                : new EOFException("pipe '%s': the other side closed its end; everything it had sent was received"
                        .formatted(way.name()));
    }

    /// Excludes all threads until [#letIn].
    ///
    /// @throws IllegalStateException if a thread receives now
    void keepOut() {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            throw new IllegalStateException(
                    "pipe '%s': a thread receives through this end; send the end when it is done"
                            .formatted(way.name()));
        }
    }

    void letIn() {
        lock.unlock();
    }

    /// Ends this half, and reserves its role for a successor.
    ///
    /// @return the reservation
    int reserve() {
        return consumer.reserve();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
