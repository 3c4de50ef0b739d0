package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Reachability;
import io.sluice.core.ring.RingOptions.Consumers;

/// The only producer of a ring whose consumers release what they have read.
///
/// - **Algorithm:** a claim is a comparison with a cached limit and touches no shared word; a commit is three stores
///   into the line of the message and two loads of lines that rarely change.
final class OneProducer extends OnlyProducer {
    /*
     * A claim is private: the word of its slot stays FREE, and no other process writes there. A commit has four steps:
     *
     *   word = CLAIMED                   from here on a consumer that sees a shutdown waits for this message
     *   header                           length and type in one store
     *   fence; was the ring shut down?   then word = ABORTED, and the commit throws
     *   word = COMMITTED
     *
     * Shutdown: a consumer that saw the flag, makes the heavy fence and then finds the slot FREE is at the end
     * (Ring.isDrained). That fence comes before or after the producer's. If it comes after, the consumer sees CLAIMED,
     * and waits for COMMITTED or ABORTED. If it comes before, the producer sees the flag, and its message is not sent.
     * So each message is either read, or refused with an exception.
     *
     * Death: before CLAIMED nothing is left behind but payload, in slots whose words are FREE, and `covered` words of a
     * record of several slots. RingRecovery makes one ABORTED record of those, since the next producer's records may
     * begin in any of them. At CLAIMED it makes it ABORTED; a consumer may wait for that.
     *
     * The tail in memory is a hint for walks, see Ring. It moves with each `stride` of slots.
     */
    private final boolean wordsTell;
    private final int mostInOneSlot;
    private final long slotBytes;
    private final long endOfSlots;
    private final long shutdownAddress;
    private final long tailAddress;
    private final long stride;
    private long tailSlot;           // address of the tail's slot
    private long tailWord;           // its word, for a record of no slots that is FREE

    OneProducer(Ring ring, WaitStrategy strategy, int reservation) {
        super(ring, strategy, reservation);
        wordsTell = ring.options.consumers() == Consumers.MANY;
        mostInOneSlot = ring.payloadBytes(0, 1);
        slotBytes = ring.options.slotBytes();
        endOfSlots = ring.firstSlot + ((long) ring.slots << ring.slotShift);
        shutdownAddress = ring.address + RingLayout.SHUTDOWN;
        tailAddress = ring.address + RingLayout.TAIL;
        stride = -Math.max(1, ring.hintLag);
        moveTo(tail);
    }

    private void moveTo(long position) {
        tail = position;
        tailSlot = ring.wordAddress(position);
        tailWord = ring.key ^ SlotWord.of(ring.turn(position), 0, ring.self, SlotWord.FREE);
    }

    @Override
    public boolean tryClaim(Claim claim, int type, int length) {
        try {
            return tryClaimNow(claim, type, length) || refuse();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean tryClaimNow(Claim claim, int type, int length) {
        StackRoom.probe();
        int count = slotsFor(length);
        Hold hold = holdOf(claim);
        if (count > 1 && count > ring.slotsToEnd(tail) && !pad(hold)) {
            return false;
        }
        if (tail + count > roomEnd && !findRoomOrRefuse(tail + count)) {
            return noRoom();
        }
        if (count > 1) {
            cover(hold, tail, count);
        }
        claim.open(tailSlot + RingLayout.PAYLOAD, length);
        hold.open(tail, type, length);
        parking.fence();                 // see Hold
        if (isClosed()) {
            hold.yieldToCloser();
            refuseIfClosed();
        }
        Reachability.upToHere(claim);
        CrashPoint.CLAIM_HELD.reached();
        return true;
    }

    private int slotsFor(int length) {
        return Integer.compareUnsigned(length, mostInOneSlot) <= 0 ? 1 : checkedSlots(length);
    }

    /// Touches the slots, unlike the rest of a claim; so a closer has to wait for it, see [Hold].
    private void cover(Hold hold, long position, int count) {
        hold.begin();
        try {
            parking.fence();
            refuseIfClosed();
            ring.cover(position, count);
        } finally {
            hold.settle();
        }
    }

    private boolean isShutdown() {
        return Memory.getInt(shutdownAddress) != 0;      // plain: behind a fence, or for a first look
    }

    /// Fills the ring up to the end of the array, since no record goes over it.
    private boolean pad(Hold hold) {
        long position = tail;
        int count = ring.slotsToEnd(position);
        if (position + count > roomEnd && !findRoomOrRefuse(position + count)) {
            return noRoom();
        }
        hold.begin();
        try {
            parking.fence();
            refuseIfClosed();
            ring.putWord(position, count, SlotWord.ABORTED);
            advance(count);
        } finally {
            hold.settle();
        }
        finished(SlotWord.ABORTED);
        return true;
    }

    private void advance(int count) {
        long position = tail;
        long next = position + count;
        long nextSlot = tailSlot + count * slotBytes;
        if (nextSlot == endOfSlots) {
            moveTo(next);
        } else {
            tail = next;
            tailSlot = nextSlot;
        }
        if (((position ^ next) & stride) != 0) {
            Memory.putLongRelease(tailAddress, next);
        }
    }

    private boolean findRoomOrRefuse(long end) {
        refuseIfClosed();
        if (isShutdown()) {
            throw ring.refused();
        }
        return findRoom(end);
    }

    @Override
    boolean findRoom(long end) {
        roomEnd = wordsTell
                ? ring.releasedFrom(roomEnd, end)
                : ring.head() + ring.limit;       // pairs with the release of the head: slots are free
        return end <= roomEnd;
    }

    @Override
    int finish(long position, long open, int state) {
        int count = slotsFor(Hold.length(open));
        long slot = tailSlot;
        long word = tailWord ^ SlotWord.of(0, count, 0, SlotWord.FREE);
        int written = state;
        if (state == SlotWord.COMMITTED) {
            Memory.putLongRelease(slot, word ^ SlotWord.CLAIMED);
            Memory.putLong(slot + RingLayout.HEADER, Hold.header(open));    // plain: the word publishes it
            CrashPoint.COMMIT_ANNOUNCED.reached();
            parking.fence();
            if (isShutdown()) {
                written = SlotWord.ABORTED;
                roomEnd = tail;          // so that the next claim looks, and is refused
            }
        }
        Memory.putLongRelease(slot, word ^ written);    // pairs with Ring.word of the consumer
        advance(count);
        return written;
    }
}
