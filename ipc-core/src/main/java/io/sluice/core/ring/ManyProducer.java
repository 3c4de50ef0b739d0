package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;

/// One of any number of producers: a claim is a compare-and-set of the word at the tail.
final class ManyProducer extends RingProducer {
    /*
     * The word at the end of the last record goes from FREE to CLAIMED(owner, slots); that is the claim. A process that
     * finds a claimed word walks over it. The tail is a hint, moved before a claim that would leave it too far
     * behind.
     *
     * reached    how far this process has walked or claimed; saves the walk from the hint
     * roomEnd    a cached answer, as in OneProducer
     *
     * Both are shared by the threads of this process without ordering: whatever value is read was true once, room that
     * was there stays until it is claimed, and a position that was claimed stays behind the tail.
     *
     * The thread that has the bias (Bias) claims one slot by a store of the same word. No other thread claims
     * meanwhile, so the tail that it reads after it has got the bias is not passed.
     */
    /// Weak, since a claim keeps its producer, and a thread would keep both.
    @SuppressWarnings("ThreadLocalUsage")    // one for each producer: a claim that goes from ring to ring costs more
    private final ThreadLocal<WeakReference<Claim>> ownClaim = new ThreadLocal<>();
    private long reached;
    private long roomEnd;

    ManyProducer(Ring ring, WaitStrategy strategy) {
        super(ring, strategy);
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
        int needed = checkedSlots(length);
        refuseIfOpen(claim);
        refuseIfOver();
        Hold hold = claim.holdOf(this);
        boolean biased = ring.claims.enter();            // before the tail, which another holder may move
        long tail = ring.tail();
        long position = Math.max(reached, tail);
        if (biased && needed == 1 && mayClaimAlone(position, tail)) {
            return claimAlone(position, claim, hold, type, length);
        }
        for (;;) {
            long word = ring.word(position);
            int seen = ring.seen(position, word);
            if (seen == SlotWord.FREE) {
                boolean pads = needed > ring.slotsToEnd(position);
                int count = pads ? ring.slotsToEnd(position) : needed;
                boolean room = (count == 1 && ring.limit == ring.slots) || roomUpTo(position, position + count);
                long hint = ring.tail();
                if (position - hint > ring.hintLag) {
                    ring.raiseTail(position);
                }
                if (hint > position) {
                    position = hint;      // another producer was faster, and the word may be payload
                } else if (!room) {
                    return noRoom();
                } else if (pads) {
                    if (ring.compareAndSetWord(position, word, count, SlotWord.ABORTED)) {
                        CrashPoint.CLAIM_WORD_SET.reached();
                        position += count;
                        reached = position;
                    }
                } else if (claimAt(position, word, count, claim, hold, type, length)) {
                    return true;
                }
            } else if (seen == Ring.RELEASED) {
                position++;               // claimed and released since the tail was read
            } else if (seen != Ring.OTHER) {
                position += SlotWord.slots(word);
            } else {
                // The slot is still in use by the last turn, or this thread slept for a turn and reads payload.
                boolean room = roomUpTo(position, position + 1);
                long hint = ring.tail();
                if (hint > position) {
                    position = hint;
                } else if (!room) {
                    return noRoom();
                } else if (ring.word(position) == word) {
                    throw ring.corrupt(position);
                }
            }
        }
    }

    /// Whether the calling thread, which has the bias, may claim one slot by a store.
    private boolean mayClaimAlone(long position, long hint) {
        if (ring.seen(position, ring.word(position)) != SlotWord.FREE
                || (ring.limit != ring.slots && !roomUpTo(position, position + 1))) {
            return false;
        }
        if (position - hint > ring.hintLag) {
            ring.raiseTail(position);
        }
        return ring.claims.stand(position) || ring.claims.isLent(position);
    }

    /// Claims one slot by a store. Its position is the caller's alone.
    private boolean claimAlone(long position, Claim claim, Hold hold, int type, int length) {
        boolean claimed = false;
        hold.begin();
        try {
            ring.putWord(position, 1, SlotWord.CLAIMED);
            Fences.storeStore();         // before the payload, for those that read the word before and after a copy
            claimed = true;
        } finally {
            if (!claimed) {
                hold.settle();
            }
        }
        parking.fence();
        return opened(position, 1, claim, hold, type, length);
    }

    /// @return false if the word is not the one that was seen any more
    private boolean claimAt(long position, long word, int count, Claim claim, Hold hold, int type, int length) {
        boolean claimed = false;
        hold.begin();
        try {
            claimed = ring.compareAndSetWord(position, word, count, SlotWord.CLAIMED);
        } finally {
            if (!claimed) {
                hold.settle();
            }
        }
        return claimed && opened(position, count, claim, hold, type, length);
    }

    /// Opens a claim whose word is written and followed by a fence, unless it came too late.
    ///
    /// @return true
    private boolean opened(long position, int count, Claim claim, Hold hold, int type, int length) {
        boolean open = false;
        try {
            CrashPoint.CLAIM_WORD_SET.reached();
            reached = position + count;
            // Consumers that saw the flag and then this slot free have gone, and a closer that saw the hold without it
            // does not come back; a claim that was made after that is taken back.
            if (!isClosed() && !ring.isClosed() && !ring.isShutdown()) {
                ring.cover(position, count);
                begin(claim, hold, position, type, length);
                open = true;
            }
        } finally {
            if (!open) {
                takeBack(hold, position, count);     // an error is no reason to keep the slots either
            }
            Reference.reachabilityFence(claim);
        }
        if (!open) {
            refuseIfOver();
        }
        CrashPoint.CLAIM_HELD.reached();
        return true;
    }

    private void takeBack(Hold hold, long position, int count) {
        try {
            ring.putWord(position, count, SlotWord.ABORTED);
        } finally {
            hold.settle();           // also if the memory is gone: a closer waits for it
        }
        finished(SlotWord.ABORTED);
    }

    /// Everything before the tail had room when it was claimed, so only what lies behind it is in question.
    private boolean roomUpTo(long tail, long end) {
        long room = Math.max(roomEnd, tail);
        if (room < end) {
            room = ring.releasedFrom(room, end);
            roomEnd = room;
        }
        return room >= end;
    }

    @Override
    boolean hasRoom(int slots) {
        long tail = ring.findTail();
        return roomUpTo(tail, tail + Math.min(slots, ring.slotsToEnd(tail)));
    }

    private void refuseIfOver() {
        refuseIfClosed();
        if (ring.isShutdown()) {
            throw ring.refused();
        }
    }

    @Override
    int finish(long position, long open, int state) {
        ring.putWord(position, ring.slotsFor(Hold.length(open)), state);     // pairs with Ring.word of the consumer
        return state;
    }

    @Override
    Claim ownClaim() {
        WeakReference<Claim> own = ownClaim.get();
        Claim claim = own == null ? null : own.get();
        if (claim == null) {
            claim = new Claim();
            ownClaim.set(new WeakReference<>(claim));
        }
        return claim;
    }

    @Override
    void leave() {
        ring.claims.leave();
    }
}
