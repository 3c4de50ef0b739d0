package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.FlightRecording;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.SharedCleaner;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import java.lang.ref.Cleaner;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;

/// Writes messages into a ring.
///
/// - **Threads:** one at a time if the ring has one producer, any number otherwise, each with a [Claim] of its own.
/// - **Blocking:** the `try` methods and [#offer] never wait; the others wait for space.
/// - **Ordering:** what a thread did before a commit happens-before the handler that reads the message.
/// - **Allocation:** none, unless a message of several slots has to wait.
/// - **Errors:** [ShutdownException] after a shutdown; `IllegalArgumentException` for a length below zero or beyond
///   [RingOptions#maxMessageBytes()]; [ClosedException] after [#close()].
public abstract sealed class RingProducer implements AutoCloseable
        permits OnlyProducer, ManyProducer {
    final Ring ring;
    final Parking parking;
    private final EventCount items;
    private final Waiter waiter;
    private final int maxMessageBytes;
    private final Set<Hold> holds = Collections.newSetFromMap(new IdentityHashMap<>());
    private Cleaner cleaner;         // guarded by holds; kept for as long as claims may need it
    private int refusals;
    private volatile boolean closed;

    RingProducer(Ring ring, WaitStrategy strategy) {
        this.ring = ring;
        this.parking = ring.parking;
        this.items = ring.items;
        this.waiter = new Waiter(ring.space, ring.liveness, strategy, Wait.ROOM);
        this.maxMessageBytes = ring.options.maxMessageBytes();
    }

    /// Claims space for a message, if there is any now.
    ///
    /// @param claim receives it; it must not be open
    /// @param type travels with the message; any value
    /// @param length of the payload in bytes, from 0
    /// @return whether there was space
    public abstract boolean tryClaim(Claim claim, int type, int length);

    /// Writes the word of a record that was claimed, as COMMITTED or ABORTED.
    ///
    /// @param position of the record
    /// @param open what [Hold] knows of it
    /// @param state COMMITTED or ABORTED
    /// @return the state written: ABORTED instead of COMMITTED if the ring was shut down meanwhile
    abstract int finish(long position, long open, int state);

    abstract boolean hasRoom(int slots);

    /// Counts that there was no space, and tells Flight Recorder.
    ///
    /// @return false
    final boolean refuse() {
        Memory.getAndAddLong(ring.address + RingLayout.REFUSED_COUNT, 1);
        FlightRecording.queueFull(ring.liveness);
        return false;
    }

    /// Claims space for a message, and waits until there is some.
    ///
    /// @param claim receives it
    /// @param type travels with the message
    /// @param length of the payload in bytes
    /// @throws InterruptedException if interrupted before or while waiting; nothing is claimed
    public void claim(Claim claim, int type, int length) throws InterruptedException {
        Waiter.checkInterrupt();
        claimBefore(claim, type, length, Waiter.FOREVER);
    }

    /// Claims space for a message, and waits for it no longer than this.
    ///
    /// @param claim receives it
    /// @param type travels with the message
    /// @param length of the payload in bytes
    /// @param timeoutNanos longest wait in nanoseconds; zero or less tries once
    /// @return whether there was space in time
    /// @throws InterruptedException if interrupted before or while waiting; nothing is claimed
    public boolean claim(Claim claim, int type, int length, long timeoutNanos) throws InterruptedException {
        Waiter.checkInterrupt();
        return tryClaim(claim, type, length)
                || (timeoutNanos > 0 && claimBefore(claim, type, length, Waiter.deadline(timeoutNanos)));
    }

    private boolean claimBefore(Claim claim, int type, int length, long deadline) throws InterruptedException {
        while (!tryClaim(claim, type, length)) {
            if (Waiter.isOver(deadline) || !awaitRoom(length, () -> false, deadline)) {
                return false;
            }
        }
        return true;
    }

    /// Sends a copy of a message, if there is space for it now.
    ///
    /// @param type travels with the message
    /// @param source holds the payload
    /// @param index of its first byte
    /// @param length in bytes
    /// @return whether there was space
    public final boolean offer(int type, DirectBuffer source, int index, int length) {
        Claim claim = ownClaim();
        if (!tryClaim(claim, type, length)) {
            return false;
        }
        try (claim) {
            claim.buffer().putBytes(0, source, index, length);
            claim.commit();
        }
        return true;
    }

    abstract Claim ownClaim();

    /// Waits for space, as [#claim] does, without claiming it.
    ///
    /// @param length of the payload in bytes
    /// @param orElse ends the wait as well
    /// @param deadline as [Waiter#await] takes it
    /// @return false if the deadline passed before there was space, the ring ended or `orElse` was met
    /// @throws InterruptedException if interrupted before or while waiting
    public final boolean awaitRoom(int length, BooleanSupplier orElse, long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        int slots = ring.slotsFor(length);
        return waiter.await(
                () -> isClosed() || ring.isClosed() || ring.isShutdown() || hasRoom(slots) || orElse.getAsBoolean(),
                deadline);
    }

    /// What there is to do at the end, besides the end of the claims.
    abstract void leave();

    /// Closes this handle, and reserves its role for a producer that a successor opens with the answer, perhaps in
    /// another process. Until then, or until [Ring#withdraw], the role counts as held by this process.
    ///
    /// @return the reservation; [Ring#NO_RESERVATION] if there may be many producers, so that a successor needs none
    public final int reserve() {
        try {
            refuseIfClosed();
            int reservation = reserveRole();
            boolean reserved = false;
            try {
                close();
                reserved = true;
            } finally {
                if (!reserved) {
                    ring.unreserve(RingLayout.PRODUCER_ROLE, reservation, closed);
                }
            }
            return reservation;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    int reserveRole() {
        return Ring.NO_RESERVATION;
    }

    /// Leaves the role. Claims that are open are aborted; a commit of one of them that comes later, or at the same time
    /// and too late, throws and does not deliver. A second call does nothing.
    @Override
    public final void close() {
        // All that needs memory comes before the first step: without memory nothing has changed.
        Closing closing = new Closing();
        AutoCloseable fence = ring.parking::heavyFence;
        AutoCloseable leave = this::leave;
        AutoCloseable wake = ring.space::signal;
        List<Hold> open;
        synchronized (holds) {
            if (closed || ring.isLeft()) {
                return;
            }
            open = List.copyOf(holds);
            closed = true;
            cleaner = null;
        }
        closing.then(fence);             // see Hold
        for (int i = 0; i < open.size(); i++) {
            closing.then(open.get(i));
        }
        closing.then(leave);
        closing.then(wake);              // a thread of this process that waits through this handle
        ring.closed(this);
        closing.end();
    }

    final boolean isClosed() {
        return closed;
    }

    final void refuseIfClosed() {
        ring.checkOpen();
        if (closed) {
            throw closedException();
        }
    }

    private ClosedException closedException() {
        return new ClosedException("ring '%s': this producer was closed".formatted(ring.name));
    }

    /// Makes the hold of a claim that was not used here before, or not lately.
    final Hold newHold(Claim claim) {
        synchronized (holds) {
            if (closed) {
                throw closedException();
            }
            if (cleaner == null) {
                cleaner = SharedCleaner.get();
            }
            Hold hold = new Hold(this);
            holds.add(hold);
            boolean ends = false;
            try {
                hold.endWith(claim, cleaner);
                ends = true;
            } finally {
                if (!ends) {
                    holds.remove(hold);
                }
            }
            return hold;
        }
    }

    final void forget(Hold hold) {
        synchronized (holds) {
            holds.remove(hold);
        }
    }

    /// Writes the header of a record whose word is the caller's, and hands the record to its writer: the last step of
    /// a claim.
    final void begin(Claim claim, Hold hold, long position, int type, int length) {
        long slot = ring.wordAddress(position);
        Memory.putLong(slot + RingLayout.HEADER, RingLayout.header(type, length));   // plain: the commit publishes it
        claim.open(slot + RingLayout.PAYLOAD, length);
        hold.open(position, type, length);
    }

    /// What follows when the word of a record was written.
    final void finished(int state) {
        if (state == SlotWord.COMMITTED) {
            CrashPoint.COMMIT_WORD_SET.reached();
        } else {
            CrashPoint.ABORT_WORD_SET.reached();
        }
        parking.fence();
        items.signalFenced();
    }

    /// Result of a claim that found no room. A caller that polls checks for dead owners now and then.
    final boolean noRoom() {
        if (++refusals % Ring.TRIES_PER_LOOK == 0) {
            ring.lookAtDeaths();
        }
        return false;
    }

    final int checkedSlots(int length) {
        if (length < 0 || length > maxMessageBytes) {
            throw wrongLength(length);
        }
        return ring.slotsFor(length);
    }

    final void refuseIfOpen(Claim claim) {
        if (claim.isOpen()) {
            throw new IllegalStateException(
                    "ring '%s': the claim is open; commit or abort it first".formatted(ring.name));
        }
    }

    private IllegalArgumentException wrongLength(int length) {
        return new IllegalArgumentException(length < 0
                ? "ring '%s': message of %,d bytes; a length is not negative".formatted(ring.name, length)
                : ("ring '%s': message of %,d bytes exceeds the %,d bytes that fit into a quarter of %,d slots of %,d "
                        + "bytes; split it, or create the ring with more or larger slots").formatted(
                        ring.name, length, maxMessageBytes, ring.limit, ring.options.slotBytes()));
    }
}
