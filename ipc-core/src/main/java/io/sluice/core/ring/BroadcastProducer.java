package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import java.lang.ref.Reference;

/// The producer of a broadcast. Consumers change nothing in the slots, so it says itself what it overwrites.
final class BroadcastProducer extends OnlyProducer {
    /*
     * The tail in memory moves before the message is written, the word after. A consumer that was overtaken goes on at
     * the tail. A death in between leaves a tail beyond a word that is FREE, CLAIMED or of the last turn, and
     * RingRecovery fills the difference with an ABORTED record.
     *
     * oneSlotSince   from this position on, each record is one that this producer has claimed, of one slot. So the word
     *                of a slot that held one of them is genuine until the next turn claims it
     */
    private final long tailAddress;
    private long oneSlotSince;

    BroadcastProducer(Ring ring, WaitStrategy strategy, int reservation) {
        super(ring, strategy, reservation);
        tailAddress = ring.address + RingLayout.TAIL;
        oneSlotSince = tail;
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
        int count = checkedSlots(length);
        refuseIfClosed();
        Hold hold = holdOf(claim);
        if (count > ring.slotsToEnd(tail) && !pad(hold)) {
            return false;
        }
        long position = tail;
        if (position + count > roomEnd && !findRoom(position + count)) {
            refuseIfShutdown();
            return noRoom();
        }
        boolean moved = false;
        boolean open = false;
        hold.begin();
        try {
            parking.fence();        // see Hold: a closer waits for what follows
            refuseIfClosed();
            moved = true;
            moveTail(position + count);
            oneSlotSince = count == 1 ? oneSlotSince : tail;
            parking.fence();        // pairs with the heavy fence of isDrained: the tail before the flag
            refuseIfShutdown();
            ring.putWord(position, count, SlotWord.CLAIMED);
            ring.cover(position, count);
            Fences.storeStore();         // the words of the last turn go before its payload does, see BroadcastConsumer
            begin(claim, hold, position, type, length);
            open = true;
        } finally {
            try {
                if (moved && !open) {
                    moveTail(position);
                }
            } finally {
                if (!open) {
                    hold.settle();       // also if the memory is gone: a closer waits for it
                }
                Reference.reachabilityFence(claim);
            }
        }
        CrashPoint.CLAIM_HELD.reached();
        return true;
    }

    private void moveTail(long position) {
        Memory.putLongRelease(tailAddress, position);
        tail = position;
    }

    private void refuseIfShutdown() {
        if (ring.isShutdown()) {
            throw ring.refused();
        }
    }

    /// Fills the ring up to the end of the array, since no record goes over it.
    private boolean pad(Hold hold) {
        long position = tail;
        int count = ring.slotsToEnd(position);
        if (position + count > roomEnd && !findRoom(position + count)) {
            refuseIfShutdown();
            return noRoom();
        }
        boolean moved = false;
        boolean written = false;
        hold.begin();
        try {
            parking.fence();        // as below
            refuseIfClosed();
            moved = true;
            moveTail(position + count);
            oneSlotSince = tail;
            putEnd(position, count, SlotWord.ABORTED);
            written = true;
        } finally {
            try {
                if (moved && !written) {
                    moveTail(position);
                }
            } finally {
                hold.settle();
            }
        }
        finished(SlotWord.ABORTED);
        return true;
    }

    @Override
    boolean findRoom(long end) {
        roomEnd = Subscribers.slowest(ring, tail) + ring.limit;
        return end <= roomEnd;
    }

    @Override
    int finish(long position, long open, int state) {
        putEnd(position, ring.slotsFor(Hold.length(open)), state);
        return state;
    }

    private void putEnd(long position, int slots, int state) {
        markNext(position + slots);
        ring.putWord(position, slots, state);        // pairs with Ring.word of the consumer
    }

    /// Consumers do not restore the words of the slots, so before they may look at the next one it must not be payload
    /// of the last turn. It is none if a record of one slot was there, which saves a store in a line at which consumers
    /// wait; or if there is no room: then it is the first slot of a record that a consumer still holds.
    private void markNext(long next) {
        if (next - ring.slots < oneSlotSince && (next < roomEnd || findRoom(next + 1))) {
            Memory.putLongRelease(ring.wordAddress(next), ring.key ^ SlotWord.free(ring.turn(next)));
        }
    }
}
