package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.StackRoom;

/// One of any number of producers: a claim is a compare-and-set of the word at the tail.
final class ManyProducer extends RingProducer {
    /*
     * The word at the end of the last record goes from FREE to CLAIMED(owner, slots); that is the claim. Whoever finds
     * a word that is claimed walks over it. The tail is a hint, moved before a claim that would leave it too far
     * behind.
     *
     * reached    how far this process has walked or claimed; saves the walk from the hint
     * roomEnd    a cached answer, as in OneProducer
     *
     * Both are shared by the threads of this process without ordering: whatever value is read was true once, room that
     * was there stays until it is claimed, and a position that was claimed stays behind the tail.
     */
    private final ThreadLocal<Claim> ownClaim = ThreadLocal.withInitial(Claim::new);
    private long reached;
    private long roomEnd;
    private volatile boolean closed;

    ManyProducer(Ring ring, WaitStrategy strategy) {
        super(ring, strategy);
    }

    @Override
    public boolean tryClaim(Claim claim, int type, int length) {
        StackRoom.probe();
        int needed = checkedSlots(claim, length);
        refuseIfOver();
        long position = Math.max(reached, ring.tail());
        for (;;) {
            long word = ring.word(position);
            long ahead = SlotWord.turnsAhead(word, ring.turn(position));
            int state = SlotWord.state(word);
            if (ahead == 0 && state == SlotWord.FREE) {
                boolean pads = needed > ring.slotsToEnd(position);
                int count = pads ? ring.slotsToEnd(position) : needed;
                boolean room = (count == 1 && ring.limit == ring.slots) || roomUpTo(position, position + count);
                long hint = ring.tail();
                if (position - hint > ring.hintLag) {
                    ring.raiseTail(position);
                }
                if (hint > position) {
                    position = hint;      // somebody was faster, and the word that was read may be payload
                } else if (!room) {
                    return noRoom();
                } else if (ring.compareAndSetWord(position, word, count, pads ? SlotWord.ABORTED : SlotWord.CLAIMED)) {
                    CrashPoint.CLAIM_WORD_SET.reached();
                    reached = position + count;
                    if (!pads) {
                        refuseIfOverNow(position, count);
                        ring.cover(position, count);
                        begin(claim, position, count, type, length);
                        return true;
                    }
                    position += count;
                }
            } else if (ahead == 0 && SlotWord.slots(word) > 0) {
                position += SlotWord.slots(word);
            } else if (ahead == 1 && state == SlotWord.FREE) {
                position++;               // claimed and released since the tail was read
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

    /// Consumers who saw the flag and then this slot free have gone; a claim that was made after that is taken back.
    private void refuseIfOverNow(long position, int slots) {
        if (closed || ring.isClosed() || ring.isShutdown()) {
            publish(position, slots, SlotWord.ABORTED);
            refuseIfOver();
        }
    }

    private void refuseIfOver() {
        ring.checkOpen();
        if (closed) {
            throw new IllegalStateException("ring '%s': this producer was closed".formatted(ring.name));
        }
        if (ring.isShutdown()) {
            throw ring.refused();
        }
    }

    @Override
    void commit(long position, int slots) {
        publish(position, slots, SlotWord.COMMITTED);
    }

    @Override
    void abort(long position, int slots) {
        publish(position, slots, SlotWord.ABORTED);
    }

    @Override
    Claim ownClaim() {
        return ownClaim.get();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ring.closed(this);
            ring.space.signal();         // a thread of this process that waits through this handle
        }
    }

    @Override
    boolean isClosed() {
        return closed;
    }
}
