package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.ExpandableMemoryBuffer;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryBuffer;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.ManyConsumer;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.error.ClosedException;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.region.Closing;
import io.sluice.shm.space.SharedObject;

/// Objects in a ring: each element is one message of exactly one slot, so a capacity in slots is one in elements.
///
/// An element whose encoding does not fit into a slot goes into a side region of its own, and the slot holds its
/// length. The side region is named after the element's position, so that whoever finds one that no slot refers to
/// can tell, and remove it.
final class Elements<E> {
    /*
     * A large element, step by step, and what a death leaves behind:
     *
     *   claim                 a claimed slot: recovery aborts it
     *   write the side region a claimed slot and a region at its position: recovery aborts the one, removes the other
     *   commit                an element
     *   take, decode          a taken slot: recovery offers the element again; the region is still there
     *   acknowledge           a region at a position that no slot refers to: recovery removes it
     *   remove the region     nothing
     */
    static final int NONE = -1;
    private static final int INLINE = 0;
    private static final int SIDE = 1;
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final SharedObject object;
    private final Codec<E> codec;
    private final Ring ring;
    private final RingProducer producer;
    private final ManyConsumer consumer;
    private final int slotPayload;
    private volatile boolean closed;

    /// What a thread needs to encode and to decode, kept from call to call.
    private static final class Scratch {
        final ExpandableMemoryBuffer bytes = new ExpandableMemoryBuffer(1024);
        final MemoryBuffer window = new MemoryBuffer();
        final Claim claim = new Claim();
    }

    Elements(SharedObject object, Codec<E> codec, WaitStrategy strategy) {
        this.object = object;
        this.codec = codec;
        this.ring = new Ring(object.name(), object.address(), object.size(), object.parking(), object.liveness());
        this.producer = ring.producer(strategy);
        this.consumer = ring.taker(strategy);
        this.slotPayload = ring.options().slotBytes() - RingOptions.HEADER_BYTES;
    }

    SharedObject object() {
        return object;
    }

    Codec<E> codec() {
        return codec;
    }

    Ring ring() {
        checkOpen();
        return ring;
    }

    int capacity() {
        return ring.options().capacity();
    }

    // Putting.

    /// Puts an element if there is room now, or comes in time.
    ///
    /// @param deadline as `Waiter.deadline` makes it; [Long#MIN_VALUE] does not wait
    boolean put(E element, long deadline) throws InterruptedException {
        Scratch scratch = SCRATCH.get();
        int length = encode(element, scratch.bytes);
        if (deadline == Long.MIN_VALUE) {
            return offer(scratch, length);
        }
        while (!tryPut(scratch, length)) {
            if (!producer.awaitRoom(0, this::isClosed, deadline)) {
                return false;
            }
        }
        return true;
    }

    boolean offer(E element) {
        Scratch scratch = SCRATCH.get();
        return offer(scratch, encode(element, scratch.bytes));
    }

    private boolean offer(Scratch scratch, int length) {
        return tryPut(scratch, length) || (ring.lookAtDeaths() && tryPut(scratch, length));
    }

    private int encode(E element, ExpandableMemoryBuffer bytes) {
        checkOpen();
        if (element == null) {
            throw new NullPointerException("queue '%s' takes no null".formatted(object.name()));
        }
        return codec.encode(element, bytes, 0);
    }

    private boolean tryPut(Scratch scratch, int length) {
        checkOpen();
        Claim claim = scratch.claim;
        boolean large = length > slotPayload;
        if (!producer.tryClaim(claim, large ? SIDE : INLINE, large ? Integer.BYTES : length)) {
            return false;
        }
        try (claim) {
            if (large) {
                CrashPoint.LARGE_CLAIMED.reached();
                object.sides().write(claim.position(), scratch.bytes.address(), length);
                claim.buffer().putInt(0, length);
                CrashPoint.LARGE_WRITTEN.reached();
            } else {
                Memory.copy(scratch.bytes.address(), claim.buffer().addressOffset(), length);
            }
            claim.commit();
        }
        checkAttached();
        return true;
    }

    // Taking.

    /// Takes an element, without the bytes: the caller decodes it, and acknowledges it or gives it back.
    ///
    /// @param deadline as `Waiter.deadline` makes it; [Long#MIN_VALUE] does not wait
    /// @return its position, or [#NONE] if none came in time, or none will come
    long take(long deadline) throws InterruptedException {
        if (deadline == Long.MIN_VALUE) {
            return tryTake();
        }
        for (;;) {
            checkOpen();
            long position = consumer.take();
            if (position != NONE) {
                return position;
            }
            if (!consumer.await(this::isClosed, deadline) || consumer.isEnded()) {
                return consumer.take();
            }
        }
    }

    long tryTake() {
        checkOpen();
        long position = consumer.take();
        return position == NONE && ring.lookAtDeaths() ? consumer.take() : position;
    }

    boolean isEnded() {
        return consumer.isEnded();
    }

    /// Decodes an element that was taken. One that does not decode is dropped: it would fail for everybody, again and
    /// again.
    E decode(long position) {
        try {
            E element = decodeTaken(position);
            checkAttached();
            return element;
        } catch (RuntimeException e) {
            checkAttached();         // the reason, perhaps: zeros do not decode
            acknowledge(position);
            throw e;
        }
    }

    private E decodeTaken(long position) {
        Scratch scratch = SCRATCH.get();
        int length = consumer.length(position);
        long payload = consumer.payload(position);
        if (consumer.type(position) == SIDE && length == Integer.BYTES) {
            int bytes = Memory.getInt(payload);
            readSide(position, bytes, scratch.bytes);
            return decode(scratch.window, scratch.bytes.address(), bytes);
        }
        if (length < 0) {
            throw new IllegalStateException("queue '%s': the element at position %,d has an impossible length"
                    .formatted(object.name(), position));
        }
        return decode(scratch.window, payload, length);
    }

    private E decode(MemoryBuffer window, long address, int length) {
        window.wrap(address, length);
        return codec.decode(window, 0, length);
    }

    private void readSide(long position, int length, ExpandableMemoryBuffer into) {
        if (length < 0) {
            throw new IllegalStateException("queue '%s': the element at position %,d has an impossible length"
                    .formatted(object.name(), position));
        }
        into.checkLimit(length);
        object.sides().read(position, into.address(), length);
    }

    /// Ends an element that was taken.
    void acknowledge(long position) {
        boolean large = consumer.type(position) == SIDE;
        consumer.acknowledge(position);
        checkAttached();
        if (large) {
            CrashPoint.LARGE_RELEASED.reached();
            object.sides().remove(position);
        }
    }

    void giveBack(long position) {
        consumer.giveBack(position);
    }

    boolean awaitAllAcknowledged(long deadline) throws InterruptedException {
        checkOpen();
        return consumer.awaitAllReleased(deadline);
    }

    // Looking.

    /// The position of the next element at or after a position. @return [#NONE] if there is none
    long next(long from) {
        checkOpen();
        return ring.browser().next(from);
    }

    /// A copy of an element that stays where it is. @return null if it was taken meanwhile
    E peek(long position) {
        Scratch scratch = SCRATCH.get();
        ExpandableMemoryBuffer bytes = scratch.bytes;
        int[] side = {INLINE};
        int length = ring.browser().peek(position, (type, payload, size) -> {
            side[0] = type;
            bytes.checkLimit(size);
            Memory.copy(payload, bytes.address(), size);
            return size;
        });
        if (length < 0) {
            return null;
        }
        if (side[0] == SIDE && length == Integer.BYTES) {
            length = bytes.getInt(0);
            bytes.checkLimit(length);
            try {
                object.sides().read(position, bytes.address(), length);
            } catch (NoSuchObjectException takenMeanwhile) {
                return null;
            }
        }
        return decode(scratch.window, bytes.address(), length);
    }

    boolean remove(long position) {
        boolean large = consumer.type(position) == SIDE;
        if (!ring.browser().remove(position)) {
            return false;
        }
        if (large) {
            object.sides().remove(position);
        }
        return true;
    }

    // Ends.

    void shutdown() {
        checkOpen();
        ring.shutdown();
    }

    void checkOpen() {
        if (isClosed()) {
            throw closedException();
        }
    }

    /// Refuses what came of an operation during which this process left the object: it may have read zeros, and what it
    /// wrote may have gone nowhere. What it had taken and not acknowledged is offered again then.
    private void checkAttached() {
        if (object.isClosed()) {
            throw closedException();
        }
    }

    private ClosedException closedException() {
        return new ClosedException("queue '%s': this handle was closed".formatted(object.name()));
    }

    /// Whether this handle was closed, or the space that it came from.
    boolean isClosed() {
        return closed || object.isClosed();
    }

    /// Ends this handle; what is in the queue stays. A second call does nothing.
    synchronized void close() {
        if (!closed) {
            closed = true;
            new Closing().then(object.guarded(ring::close)).then(object::close).end();
        }
    }
}
