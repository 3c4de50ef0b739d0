package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import java.lang.ref.WeakReference;

/// A producer that has the role of the only one: what both kinds have in common.
abstract sealed class OnlyProducer extends RingProducer permits OneProducer, BroadcastProducer {
    /*
     * tail       position of the next message; this process alone moves it
     * roomEnd    positions before it may be written; a cached answer. It is asked for again only when it does not
     *            suffice, since the words it comes from are written by the consumers and each look costs a cache miss.
     */
    long tail;
    long roomEnd;
    private Hold last = new Hold(this);      // of the last claim; while it is open, there cannot be another one
    private WeakReference<Claim> ownClaim = new WeakReference<>(null);   // weak: a claim keeps its producer

    /// Takes the role.
    OnlyProducer(Ring ring, WaitStrategy strategy, int reservation) {
        super(ring, strategy);
        ring.takeRole(RingLayout.PRODUCER_ROLE, "producer", reservation);
        try {
            tail = ring.findTail();
        } catch (Throwable failure) {
            RoleWord.leave(ring.address + RingLayout.PRODUCER_ROLE, ring.self);
            throw failure;
        }
        roomEnd = tail;
    }

    /// The hold for the next claim.
    ///
    /// @throws IllegalStateException if this claim, or another one of this producer, is open
    final Hold holdOf(Claim claim) {
        return claim.isIdleIn(last) ? last : changeTo(claim);
    }

    private Hold changeTo(Claim claim) {
        refuseIfOpen(claim);
        if (last.isOpen()) {
            throw new IllegalStateException(
                    "ring '%s': this producer has an open claim; commit or abort it first".formatted(ring.name));
        }
        last = claim.holdOf(this);
        return last;
    }

    abstract boolean findRoom(long end);

    @Override
    final boolean hasRoom(int slots) {
        int needed = Math.min(slots, ring.slotsToEnd(tail));     // the padding before a message is claimed by itself
        return findRoom(tail + needed);
    }

    @Override
    final Claim ownClaim() {
        Claim claim = ownClaim.get();
        if (claim == null) {
            claim = new Claim();
            ownClaim = new WeakReference<>(claim);
        }
        return claim;
    }

    @Override
    final int reserveRole() {
        return ring.reserveRole(RingLayout.PRODUCER_ROLE);
    }

    @Override
    final void leave() {
        roomEnd = tail;                  // so that a later claim looks, and is refused
        try {
            RingRecovery.abortUnfinished(ring);
        } finally {
            RoleWord.leave(ring.address + RingLayout.PRODUCER_ROLE, ring.self);
        }
        CrashPoint.ABORT_WORD_SET.reached();
        ring.items.signal();
    }
}
