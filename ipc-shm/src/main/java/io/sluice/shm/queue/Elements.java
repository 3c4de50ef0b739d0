package io.sluice.shm.queue;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.ManyConsumer;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.element.Scratch;
import io.sluice.shm.element.Scratches;
import io.sluice.shm.element.Shortage;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedObject;
import java.util.Collection;

/// Objects in a ring: each element is one message of exactly one slot, so a capacity in slots is one in elements.
///
/// An element whose encoding does not fit into a slot goes into a side region of its own, and the slot holds its
/// length. The side region is named after the element's position, so a cleaner recognizes a region that no slot refers
/// to, and removes it.
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
     *
     * A failure between take and acknowledge ends the take: Shortage says whether the element is dropped or given back.
     * Those steps allocate nothing. If the stack is too short for all of them, none is made: the position is then kept
     * in `postponed`, and the next operation of this handle gives it back.
     *
     * Deliveries. The type of a message holds, beside its kind, how often the element was leased. The producer writes
     * zero; the taker of a lease adds one between its take and its first read of the payload. While the word is
     * TAKEN(owner), one thread of the owner alone writes there, since a take has one winner. The next taker reads the
     * count after its compare-and-set of the word RETURNED. The giver released that word, or the cleaner of a dead
     * owner wrote it: by then the kernel has reported that the dead process executes nothing any more, so its store is
     * visible or never happened. So a death at any instruction leaves one of two counts:
     *
     *   before the store   the count of the takes before: this take has shown the element to no user code
     *   after the store    this take counts, also if the death came before the element was returned
     *
     * Hence every lease is counted, no take counts twice, and recovery need not know the count. A plain take, as queues
     * do it, writes nothing.
     *
     * A dead letter is copied as bytes from the slot and its side region, so the codec does not decode it again:
     *
     *   take               a taken slot: recovery offers the element again, with a count that makes it a dead letter
     *   put                an element among the dead letters, and the taken slot: it is moved twice
     *   acknowledge        as above, for a large element
     */
    static final int NONE = -1;
    private static final int INLINE = 0;
    private static final int SIDE = Kind.ELEMENT_IN_FILE;
    private static final int KIND_MASK = Kind.ELEMENT_MASK;
    private static final int COUNT_SHIFT = 8;
    /// The count stops here.
    static final int MOST_DELIVERIES = -1 >>> COUNT_SHIFT;
    private static final int MOST_POSTPONED = 64;

    private final Opening opening;
    private final SharedObject object;
    private final Codec<E> codec;
    private final Ring ring;
    private final RingProducer producer;
    private final ManyConsumer consumer;
    private final boolean endsAtOnce;
    private final int slotPayload;
    private final Scratches scratches = new Scratches();
    /// Positions that this process has taken and is yet to give back; guarded by itself, and so is their number.
    private final long[] postponed = new long[MOST_POSTPONED];
    private volatile int postponedCount;
    private volatile boolean closed;

    /// @param endsAtOnce whether a thread ends each element before it takes another one, as [ManyConsumer#takeBriefly()]
    ///     asks for
    Elements(Opening opening, Codec<E> codec, boolean endsAtOnce) {
        this.opening = opening;
        this.object = opening.object();
        this.codec = codec;
        this.ring = new Ring(object.name(), object.address(), object.size(), object.parking(), object.liveness());
        this.producer = ring.producer(opening.waiting());
        this.consumer = ring.taker(opening.waiting());
        this.endsAtOnce = endsAtOnce;
        this.slotPayload = ring.options().slotBytes() - RingOptions.HEADER_BYTES;
    }

    Opening opening() {
        return opening;
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

    /// Puts an element if there is room before the deadline.
    ///
    /// @param deadline as `Waiter.deadline` makes it; [Long#MIN_VALUE] does not wait
    /// @throws InterruptedException if interrupted before or meanwhile
    boolean put(E element, long deadline) throws InterruptedException {
        refuseNull(element);
        Waiter.checkInterrupt();
        Scratch scratch = scratches.take();
        try {
            int length = encode(element, scratch);
            if (deadline == Long.MIN_VALUE) {
                return offer(scratch, length);
            }
            while (!tryPut(scratch, length)) {
                if (!producer.awaitRoom(0, this::isClosed, deadline)) {
                    return false;
                }
            }
            return true;
        } finally {
            scratches.put(scratch);
        }
    }

    boolean offer(E element) {
        Scratch scratch = scratches.take();
        try {
            return offer(scratch, encode(element, scratch));
        } finally {
            scratches.put(scratch);
        }
    }

    private boolean offer(Scratch scratch, int length) {
        return tryPut(scratch, length) || (ring.lookAtDeaths() && tryPut(scratch, length));
    }

    private int encode(E element, Scratch scratch) {
        checkOpen();
        giveBackPostponed();
        refuseNull(element);
        int length = codec.encode(element, scratch.bytes, 0);
        if (length < 0 || length > scratch.bytes.capacity()) {
            throw new CodecException("queue '%s': the codec says that it has written %,d bytes into a buffer of %,d"
                    .formatted(object.name(), length, scratch.bytes.capacity()));
        }
        return length;
    }

    private void refuseNull(E element) {
        if (element == null) {
            throw new NullPointerException("queue '%s' takes no null".formatted(object.name()));
        }
    }

    private boolean tryPut(Scratch scratch, int length) {
        checkOpen();
        Claim claim = scratch.claim;
        boolean large = length > slotPayload;
        if (large) {
            StackRoom.probe();       // a large element needs a deep stack; the abort after it does not
        }
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

    /// Takes an element without reading it; the caller then calls [#consume] or [#lease].
    ///
    /// @param deadline as `Waiter.deadline` makes it; [Long#MIN_VALUE] does not wait
    /// @return its position, or [#NONE] if none came in time, or none will come
    /// @throws InterruptedException if interrupted before or meanwhile
    long take(long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        if (deadline == Long.MIN_VALUE) {
            return tryTake();
        }
        for (;;) {
            checkOpen();
            giveBackPostponed();
            long position = takeOne();
            if (position != NONE) {
                return position;
            }
            if (!await(deadline) || consumer.isEnded() || Waiter.isOver(deadline)) {
                checkOpen();         // a close may have ended the wait
                return takeOne();
            }
        }
    }

    private boolean await(long deadline) throws InterruptedException {
        try {
            return consumer.await(this::isClosed, deadline);
        } catch (ClosedException ended) {
            checkOpen();             // its message names this handle; the ring's does not
            throw ended;
        }
    }

    private long takeOne() {
        return endsAtOnce ? consumer.takeBriefly() : consumer.take();
    }

    long tryTake() {
        checkOpen();
        giveBackPostponed();
        long position = takeOne();
        return position == NONE && ring.lookAtDeaths() ? takeOne() : position;
    }

    /// Waits as [#take] does, and takes nothing.
    ///
    /// @return whether an element is there, or none will come any more; another taker may be faster
    boolean awaitElement(long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        checkOpen();
        giveBackPostponed();
        if (deadline == Long.MIN_VALUE) {
            return consumer.isReady() || consumer.isEnded() || (ring.lookAtDeaths() && consumer.isReady());
        }
        boolean found = consumer.await(this::isClosed, deadline);
        checkOpen();
        return found;
    }

    boolean isEnded() {
        return consumer.isEnded();
    }

    /// Decodes a taken element, delivers it, and acknowledges it. An element that was not decoded, or not delivered, is
    /// dropped or given back, as [Shortage] says.
    ///
    /// @param target gets the element before it leaves the queue; may be null
    E consume(long position, Collection<? super E> target) {
        return deliver(position, target, null);
    }

    /// Counts a delivery of a taken element, decodes it, and enters it among the leases; otherwise as [#consume].
    E lease(long position, Leases leases) {
        if (deliveries(position) < MOST_DELIVERIES) {
            consumer.setType(position, consumer.type(position) + (1 << COUNT_SHIFT));
        }
        CrashPoint.TASK_COUNTED.reached();
        return deliver(position, null, leases);
    }

    /// How often a taken element has been leased, as far as counted.
    int deliveries(long position) {
        return consumer.type(position) >>> COUNT_SHIFT;
    }

    private int kind(long position) {
        return consumer.type(position) & KIND_MASK;
    }

    /// Moves a taken element to the end of another queue, as bytes.
    ///
    /// @param putFailed called if the put into the other queue fails
    /// @return false if there is no room, the other queue was shut down, or the put failed; then it is still taken
    @SuppressWarnings("ReferenceEquality")   // the same instance, as in deliver
    boolean move(long position, Elements<E> target, Runnable putFailed) {
        boolean copied = false;
        Scratch scratch = null;
        try {
            scratch = scratches.take();
            int length = copyTaken(position, scratch.bytes);
            checkAttached();
            copied = true;
            if (!target.offerEncoded(scratch, length, putFailed)) {
                return false;
            }
            CrashPoint.TASK_BURIED.reached();
            end(position);
            return true;
        } catch (Throwable failure) {
            try {
                settle(position, !copied && !Shortage.isReasonOf(failure));
            } catch (StackOverflowError noStack) {
                synchronized (postponed) {
                    if (postponedCount < MOST_POSTPONED) {
                        postponed[postponedCount++] = position;
                    }
                }
            } catch (RuntimeException | Error another) {
                if (another != failure) {
                    failure.addSuppressed(another);
                }
            }
            throw MemoryFault.named(failure);
        } finally {
            if (scratch != null) {
                scratches.put(scratch);
            }
        }
    }

    private int copyTaken(long position, ExpandableMemoryBuffer bytes) {
        int length = consumer.length(position);
        int kind = kind(position);
        long payload = consumer.payload(position);
        if (kind == INLINE && length >= 0) {
            bytes.checkLimit(length);
            Memory.copy(payload, bytes.address(), length);
            return length;
        }
        if (kind == SIDE && length == Integer.BYTES) {
            int whole = Memory.getInt(payload);
            object.sides().read(position, whole, bytes);
            return whole;
        }
        checkAttached();
        throw impossible(position, consumer.type(position), length);
    }

    private boolean offerEncoded(Scratch scratch, int length, Runnable putFailed) {
        try {
            checkOpen();
            giveBackPostponed();
            return offer(scratch, length);
        } catch (ShutdownException over) {
            return false;
        } catch (RuntimeException | Error full) {    // a full disk or descriptor table, or a damaged ring
            putFailed.run();
            return false;
        }
    }

    @SuppressWarnings("ReferenceEquality")   // the same instance: the JVM reuses some of its errors
    private E deliver(long position, Collection<? super E> target, Leases leases) {
        boolean decoded = false;
        try {
            E element = decodeTaken(position);
            checkAttached();
            decoded = true;
            if (target != null) {
                target.add(element);
            }
            if (leases == null) {
                end(position);
            } else {
                leases.add(position, deliveries(position));
            }
            return element;
        } catch (Throwable failure) {
            try {
                settle(position, !decoded && !Shortage.isReasonOf(failure));
            } catch (StackOverflowError noStack) {
                synchronized (postponed) {    // inline: a call would overflow the stack again
                    if (postponedCount < MOST_POSTPONED) {
                        postponed[postponedCount++] = position;
                    }
                }
            } catch (RuntimeException | Error another) {
                if (another != failure) {
                    failure.addSuppressed(another);
                }
            }
            throw MemoryFault.named(failure);
        }
    }

    /// Ends a take that failed, unless it has ended: by the acknowledgement before the failure, or by the close of the
    /// object, which gives back what this process had taken.
    private void settle(long position, boolean drop) {
        StackRoom.probe();           // before the first step, so that none of them fails half-way
        if (!drop) {
            giveBack(position);
        } else if (consumer.isHeld(position)) {
            end(position);
            removeSide(position);        // even if the slot does not mention one: its contents may be damaged
        }
    }

    /// Offers a taken element again; the caller has probed the stack.
    void giveBack(long position) {
        if (consumer.isHeld(position)) {
            consumer.giveBack(position);
        }
    }

    /// Offers a taken element again, or leaves that to the next operation of this handle if the stack is short.
    void giveBackNowOrLater(long position) {
        try {
            StackRoom.probe();
            giveBack(position);
        } catch (StackOverflowError noStack) {
            synchronized (postponed) {
                if (postponedCount < MOST_POSTPONED) {
                    postponed[postponedCount++] = position;
                }
            }
        }
    }

    /// Gives back the elements whose give-back was postponed.
    private void giveBackPostponed() {
        if (postponedCount != 0) {
            giveBackAllPostponed();
        }
    }

    private void giveBackAllPostponed() {
        StackRoom.probe();
        synchronized (postponed) {
            for (; postponedCount > 0; postponedCount--) {
                giveBack(postponed[postponedCount - 1]);
            }
        }
    }

    private E decodeTaken(long position) {
        Scratch scratch = scratches.take();
        try {
            int length = consumer.length(position);
            int kind = kind(position);
            long payload = consumer.payload(position);
            if (kind == INLINE && length >= 0) {
                return decode(scratch.window, payload, length);
            }
            if (kind == SIDE && length == Integer.BYTES) {
                return decodeLarge(position, Memory.getInt(payload), scratch.bytes);
            }
            throw impossible(position, consumer.type(position), length);
        } catch (RuntimeException refused) {
            checkAttached();                 // zeros, since the object was closed meanwhile, are no element
            throw refused;
        } finally {
            scratches.put(scratch);
        }
    }

    private E decode(MemoryBuffer window, long address, int length) {
        window.wrap(address, length);
        return decode(window, length);
    }

    private E decode(MemoryBuffer window, int length) {
        E element = codec.decode(window, 0, length);
        if (element == null) {
            throw new CodecException("queue '%s': the codec decoded null".formatted(object.name()));
        }
        return element;
    }

    private E decodeLarge(long position, int length, ExpandableMemoryBuffer bytes) {
        object.sides().read(position, length, bytes);
        MemoryBuffer window = new MemoryBuffer();
        window.wrap(bytes, 0, length);   // keeps the memory as long as the codec keeps the window
        return decode(window, length);
    }

    private CorruptObjectException impossible(long position, int type, int length) {
        return new CorruptObjectException(("queue '%s': the element at position %,d has type %d and length %,d, which"
                + " no element has; something else has written into the memory; unlink and recreate it if that goes on")
                .formatted(object.name(), position, type, length));
    }

    /// Ends an element that was leased. If that fails half-way, the element is offered again.
    void acknowledge(long position) {
        try {
            end(position);
        } catch (StackOverflowError noStack) {
            synchronized (postponed) {
                if (postponedCount < MOST_POSTPONED) {
                    postponed[postponedCount++] = position;
                }
            }
            throw noStack;
        }
    }

    private void end(long position) {
        boolean large = kind(position) == SIDE;
        consumer.acknowledge(position);
        checkAttached();
        if (large) {
            CrashPoint.LARGE_RELEASED.reached();
            removeSide(position);
        }
    }

    private void removeSide(long position) {
        try {
            object.sides().remove(position);
        } catch (RuntimeException | VirtualMachineError leftToTheCleaner) {
            // The element has left the queue, and the caller has it. When this process leaves the object, it removes
            // the files that no slot refers to.
        }
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

    /// The position behind the last element, including elements of unfinished puts.
    long end() {
        checkOpen();
        return ring.browser().end();
    }

    /// A copy of an element, which stays in the queue. @return null if it was taken meanwhile
    E peek(long position) {
        Scratch scratch = scratches.take();
        try {
            ExpandableMemoryBuffer bytes = scratch.bytes;
            int[] type = new int[1];
            int length = ring.browser().peek(position, (whole, payload, size) -> {
                type[0] = whole & KIND_MASK;
                bytes.checkLimit(size);
                Memory.copy(payload, bytes.address(), size);
                return size;
            });
            if (length >= 0 && type[0] == INLINE) {
                return decode(scratch.window, bytes.address(), length);
            }
            if (length == Integer.BYTES && type[0] == SIDE) {
                return peekLarge(position, bytes.getInt(0), bytes);
            }
            // Taken, or damaged? While an element is in the queue, its header does not change.
            int found = consumer.length(position);
            if ((length >= 0 || found < 0) && isThere(position)) {
                throw impossible(position, type[0], length >= 0 ? length : found);
            }
            return null;
        } catch (RuntimeException refused) {
            checkAttached();                 // as in decodeTaken
            throw refused;
        } finally {
            scratches.put(scratch);
        }
    }

    private E peekLarge(long position, int length, ExpandableMemoryBuffer bytes) {
        try {
            return decodeLarge(position, length, bytes);
        } catch (NoSuchObjectException gone) {
            if (isThere(position)) {     // the file is removed after the element; so something else has removed it
                throw gone;
            }
            return null;
        }
    }

    private boolean isThere(long position) {
        return ring.browser().next(position) == position;
    }

    /// Takes an element out of any place. @return whether this call took it: true once for each element
    boolean remove(long position) {
        boolean large = kind(position) == SIDE;
        if (!ring.browser().remove(position)) {
            return false;
        }
        if (large) {
            removeSide(position);
        }
        return true;
    }

    /// Takes out all elements put before this call, and decodes none.
    void clear() {
        long end = end();
        long position = tryTake();
        while (position != NONE && position < end) {
            acknowledge(position);
            position = takeOne();
        }
        if (position != NONE) {
            StackRoom.probe();
            giveBack(position);
        }
    }

    // Ends.

    void shutdown() {
        checkOpen();
        ring.shutdown();
    }

    /// Ends the queue for all processes, now. @return how many elements this call has dropped
    int shutdownNow() {
        checkOpen();
        ring.shutdownNow();
        int dropped = 0;
        for (long position = consumer.takeLeft(); position != NONE; position = consumer.takeLeft()) {
            acknowledge(position);
            dropped++;
        }
        return dropped;
    }

    void checkOpen() {
        if (isClosed()) {
            throw closedException();
        }
    }

    /// Refuses the result of an operation during which this process left the object: it may have read zeros, and its
    /// writes may be lost. What it had taken and not acknowledged is offered again then.
    private void checkAttached() {
        if (object.isClosed()) {
            throw closedException();
        }
        Reachability.upToHere(this);
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
            new Closing()
                    .then(this::giveBackPostponed)
                    .then(ring::close)
                    .then(opening)
                    .end();
        }
    }
}
