package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitCondition;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.idle.Waiter;
import io.sluice.core.memory.Memory;
import org.agrona.DirectBuffer;

/// Writes messages into a ring.
///
/// - **Threads:** one at a time if the ring has one producer, any number otherwise, each with a [Claim] of its own.
/// - **Blocking:** the `try` methods and [#offer] never wait; the others wait for space.
/// - **Ordering:** what a thread did before a commit happens-before the handler that reads the message.
/// - **Allocation:** none, unless a message of several slots has to wait.
/// - **Errors:** [ShutdownException] after a shutdown; `IllegalArgumentException` for a length below zero or beyond
///   [RingOptions#maxMessageBytes()]; `IllegalStateException` after [#close()].
public abstract sealed class RingProducer implements AutoCloseable permits OneProducer, ManyProducer {
    final Ring ring;
    private final Waiter waiter;
    private final int maxMessageBytes;
    private int refusals;

    RingProducer(Ring ring, WaitStrategy strategy) {
        this.ring = ring;
        this.waiter = new Waiter(ring.space, ring.liveness, strategy);
        this.maxMessageBytes = ring.options.maxMessageBytes();
    }

    /// Claims space for a message, if there is any now.
    ///
    /// @param claim receives it; it must not be open
    /// @param type travels with the message; any value
    /// @param length of the payload in bytes, from 0
    /// @return whether there was space
    public abstract boolean tryClaim(Claim claim, int type, int length);

    abstract void commit(long position, int slots);

    abstract void abort(long position, int slots);

    abstract boolean hasRoom(int slots);

    /// Claims space for a message, and waits until there is some.
    ///
    /// @param claim receives it
    /// @param type travels with the message
    /// @param length of the payload in bytes
    /// @throws InterruptedException if interrupted while waiting; nothing is claimed
    public void claim(Claim claim, int type, int length) throws InterruptedException {
        claimBefore(claim, type, length, Waiter.FOREVER);
    }

    /// Claims space for a message, and waits for it no longer than this.
    ///
    /// @param claim receives it
    /// @param type travels with the message
    /// @param length of the payload in bytes
    /// @param timeoutNanos longest wait in nanoseconds; zero or less tries once
    /// @return whether there was space in time
    /// @throws InterruptedException if interrupted while waiting; nothing is claimed
    public boolean claim(Claim claim, int type, int length, long timeoutNanos) throws InterruptedException {
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
    /// @throws InterruptedException if interrupted while waiting
    public final boolean awaitRoom(int length, WaitCondition orElse, long deadline) throws InterruptedException {
        int slots = ring.slotsFor(length);
        return waiter.await(
                () -> isClosed() || ring.isClosed() || ring.isShutdown() || hasRoom(slots) || orElse.isMet(), deadline);
    }

    abstract boolean isClosed();

    /// Leaves the role. Claims that are open are aborted if the ring has one producer. A second call does nothing.
    @Override
    public abstract void close();

    /// Writes what stands beside the word in a record's first slot, and hands the record to its writer.
    final void begin(Claim claim, long position, int slots, int type, int length) {
        long slot = ring.wordAddress(position);
        Memory.putInt(slot + RingLayout.MESSAGE_LENGTH, length);   // plain: the commit publishes them
        Memory.putInt(slot + RingLayout.MESSAGE_TYPE, type);
        claim.open(this, position, slots, slot + RingLayout.PAYLOAD, length);
        CrashPoint.CLAIM_HELD.reached();
    }

    final void publish(long position, int slots, int state) {
        ring.putWord(position, slots, state);                       // pairs with Ring.word of whoever takes
        if (state == SlotWord.COMMITTED) {
            CrashPoint.COMMIT_WORD_SET.reached();
        } else {
            CrashPoint.ABORT_WORD_SET.reached();
        }
        ring.items.signal();
        if (ring.isClosed()) {
            throw ring.closedException();
        }
    }

    /// What a claim answers that found no room. Who tries again and again looks for deaths now and then.
    final boolean noRoom() {
        if (++refusals % Ring.TRIES_PER_LOOK == 0) {
            ring.lookAtDeaths();
        }
        return false;
    }

    final int checkedSlots(Claim claim, int length) {
        if (length < 0 || length > maxMessageBytes) {
            throw wrongLength(length);
        }
        if (claim.isOpen()) {
            throw new IllegalStateException(
                    "ring '%s': the claim is open; commit or abort it first".formatted(ring.name));
        }
        return ring.slotsFor(length);
    }

    private IllegalArgumentException wrongLength(int length) {
        return new IllegalArgumentException(length < 0
                ? "ring '%s': message of %,d bytes; a length is not negative".formatted(ring.name, length)
                : ("ring '%s': message of %,d bytes exceeds the %,d bytes that fit into a quarter of %,d slots of %,d "
                        + "bytes; split it, or create the ring with more or larger slots").formatted(
                        ring.name, length, maxMessageBytes, ring.limit, ring.options.slotBytes()));
    }
}
