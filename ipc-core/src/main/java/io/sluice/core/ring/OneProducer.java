package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;

/// The only producer of a ring: it owns the tail, so a claim is a comparison and a store.
final class OneProducer extends RingProducer {
    /*
     * tail       where the next message goes; this process alone moves it
     * roomEnd    positions before it may be written; a cached answer, asked for again only when it does not suffice,
     *            since the words it comes from are written by the other side and each look costs a cache miss
     *
     * The tail in memory moves before the message is written, the word after. So a death in between shows as a tail
     * beyond a word that is still FREE, and RingRecovery fills the difference with an ABORTED record.
     */
    private final Claim ownClaim = new Claim();
    private final boolean broadcast;
    private final boolean wordsTell;
    private final long tailAddress;
    private long tail;
    private long roomEnd;
    private boolean writing;         // a claim is open; a second one would be lost with it, see above
    private volatile boolean closed;

    OneProducer(Ring ring, WaitStrategy strategy) {
        super(ring, strategy);
        ring.takeRole(RingLayout.PRODUCER_ROLE, "producer");
        broadcast = ring.options.consumers() == Consumers.BROADCAST;
        wordsTell = ring.options.consumers() == Consumers.MANY;
        tailAddress = ring.address + RingLayout.TAIL;
        tail = ring.findTail();
        roomEnd = tail;
    }

    @Override
    public boolean tryClaim(Claim claim, int type, int length) {
        int count = checkedSlots(claim, length);
        refuseIfClosed();
        if (writing) {
            throw new IllegalStateException(
                    "ring '%s': this producer has an open claim; commit or abort it first".formatted(ring.name));
        }
        long position = tail;
        if (count > ring.slotsToEnd(position)) {
            if (!pad(position)) {
                return false;
            }
            position = tail;
        }
        if (position + count > roomEnd && !findRoom(position + count)) {
            refuseIfShutdown();
            return noRoom();
        }
        moveTail(position + count);
        ring.parking.fence();        // pairs with the heavy fence of isDrained: the tail before the flag
        if (ring.isShutdown()) {
            moveTail(position);
            throw ring.refused();
        }
        if (broadcast) {
            ring.putWord(position, count, SlotWord.CLAIMED);
        }
        ring.cover(position, count);
        if (broadcast) {
            Fences.storeStore();     // the words of the last turn go before its payload does, see BroadcastConsumer
        }
        writing = true;
        begin(claim, position, count, type, length);
        return true;
    }

    private void moveTail(long position) {
        tail = position;
        Memory.putLongRelease(tailAddress, position);
    }

    private void refuseIfClosed() {
        ring.checkOpen();
        if (closed) {
            throw new IllegalStateException("ring '%s': this producer was closed".formatted(ring.name));
        }
    }

    private void refuseIfShutdown() {
        if (ring.isShutdown()) {
            throw ring.refused();
        }
    }

    /// Fills the ring up to the end of the array, since no record goes over it.
    private boolean pad(long position) {
        int count = ring.slotsToEnd(position);
        if (position + count > roomEnd && !findRoom(position + count)) {
            refuseIfShutdown();
            return noRoom();
        }
        moveTail(position + count);
        abort(position, count);
        return true;
    }

    private boolean findRoom(long end) {
        if (broadcast) {
            roomEnd = Subscribers.slowest(ring, tail) + ring.limit;
        } else if (wordsTell) {
            roomEnd = ring.releasedFrom(roomEnd, end);
        } else {
            roomEnd = ring.head() + ring.limit;   // pairs with the release of the head: slots are free
        }
        return end <= roomEnd;
    }

    @Override
    boolean hasRoom(int slots) {
        int needed = Math.min(slots, ring.slotsToEnd(tail));     // the padding before a message is claimed by itself
        return findRoom(tail + needed);
    }

    @Override
    void commit(long position, int slots) {
        refuseIfClosed();
        writing = false;
        if (broadcast) {
            markNext(position + slots);
        }
        publish(position, slots, SlotWord.COMMITTED);
    }

    @Override
    void abort(long position, int slots) {
        if (closed) {
            return;              // the close has aborted it, and the slots may be somebody else's
        }
        writing = false;
        if (broadcast) {
            markNext(position + slots);
        }
        publish(position, slots, SlotWord.ABORTED);
    }

    /// Consumers of a broadcast do not restore the words of the slots, so before they may look at the next one it
    /// must not be payload of the last turn. Without room for it, it is the first slot of a record that a consumer
    /// still holds, and hence a genuine word.
    private void markNext(long next) {
        if (next < roomEnd || findRoom(next + 1)) {
            Memory.putLongRelease(ring.wordAddress(next), ring.key ^ SlotWord.free(ring.turn(next)));
        }
    }

    @Override
    Claim ownClaim() {
        return ownClaim;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ring.closed(this);
            if (!ring.isClosed()) {
                RingRecovery.abortUnfinished(ring);
                RoleWord.leave(ring.address + RingLayout.PRODUCER_ROLE, ring.self);
                CrashPoint.ABORT_WORD_SET.reached();
                ring.items.signal();
                ring.space.signal();     // a thread of this process that waits through this handle
            }
        }
    }

    @Override
    boolean isClosed() {
        return closed;
    }
}
