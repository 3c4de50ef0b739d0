package io.sluice.shm.pipe;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.Waiter;
import io.sluice.core.memory.ExpandableMemoryBuffer;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RoleState;
import io.sluice.shm.error.ClosedException;
import java.io.EOFException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// The receiving half of an end. One thread at a time, by a lock of this process.
final class Receiver<E> {
    private final Direction<E> way;
    private final RingConsumer consumer;
    private final ReentrantLock lock = new ReentrantLock();
    private final ExpandableMemoryBuffer large = new ExpandableMemoryBuffer(64);
    // Made once: a method reference that captures `this` is an object wherever it is written.
    private final MessageHandler handler = this::onMessage;
    private final Taking objects = this::takeObject;
    private final Taking byteArrays = this::takeBytes;

    private Taking taking;
    private Object result;
    private RuntimeException failure;
    private boolean fromSide;

    /// What to make of a message: a value, or an exception, which then leaves the message where it is.
    private interface Taking {
        Object take(int type, DirectBuffer buffer, int index, int length);
    }

    Receiver(Direction<E> way, RingConsumer consumer) {
        this.way = way;
        this.consumer = consumer;
    }

    @SuppressWarnings("unchecked")   // what takeObject returns comes from the codec
    E receive() throws EOFException, InterruptedException {
        return (E) receive(objects);
    }

    byte[] receiveBytes() throws EOFException, InterruptedException {
        return (byte[]) receive(byteArrays);
    }

    int receiveInto(ByteBuffer target) throws EOFException, InterruptedException {
        return (Integer) receive((type, buffer, index, length) -> {
            expect(Message.BYTES, type);
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
        if (consumer.isReady() || isOver()) {
            return true;
        }
        way.object().liveness().sweep();   // whoever only looks does not wait long enough to notice a death
        return isOver() || consumer.await(this::isOver, deadline);
    }

    private Object receive(Taking how) throws EOFException, InterruptedException {
        lock.lockInterruptibly();
        try {
            taking = how;
            failure = null;
            while (consumer.read(handler, 1) == 0) {
                boolean over = isOver();
                if (over && !consumer.isReady()) {   // looked at in this order: what was sent before the end is read
                    throw end();
                }
                if (!over) {
                    consumer.await(this::isOver, Waiter.FOREVER);
                }
            }
            if (way.object().isClosed()) {       // what was read may be zeros
                throw new ClosedException("pipe '%s': this handle was closed".formatted(way.name()));
            }
            if (fromSide) {
                CrashPoint.LARGE_RELEASED.reached();
                way.removeSide(consumer.position());
            }
            if (failure != null) {
                throw failure;
            }
            return result;
        } finally {
            taking = null;
            result = null;
            lock.unlock();
        }
    }

    private void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        fromSide = (type & Message.SIDE) != 0;
        if (fromSide) {
            int bytes = buffer.getInt(index);
            large.checkLimit(bytes);
            way.readSide(consumer.position(), large.address(), bytes);
            result = taking.take(type & ~Message.SIDE, large, 0, bytes);
        } else {
            result = taking.take(type, buffer, index, length);
        }
    }

    private Object takeObject(int type, DirectBuffer buffer, int index, int length) {
        expect(Message.OBJECT, type);
        try {
            return way.codec().decode(buffer, index, length);
        } catch (RuntimeException e) {
            failure = e;             // the message is consumed: it would fail again and again
            return null;
        }
    }

    private Object takeBytes(int type, DirectBuffer buffer, int index, int length) {
        expect(Message.BYTES, type);
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return bytes;
    }

    private void expect(int expected, int type) {
        if (type != expected) {
            throw new IllegalStateException((expected == Message.OBJECT
                    ? "pipe '%s': the next message is bytes; it was not consumed, call receiveBytes()"
                    : "pipe '%s': the next message is an object; it was not consumed, call receive()")
                    .formatted(way.name()));
        }
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

    void close() {
        consumer.close();
    }
}
