package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;

/// Finishes what a dead owner had begun in a ring, acting as that owner.
///
/// @hidden
public final class RingRecovery {
    /*
     * Each step looks at one word and brings it on by what its owner would have done next, so a cleaner that dies
     * leaves words before and words after, and the next one goes on with the former:
     *
     *   CLAIMED(dead)   -> ABORTED     it will not be written
     *   TAKEN(dead)     -> RETURNED    not acknowledged; it is offered again
     *   DONE(dead)      -> FREE        acknowledged; the stamping is repeated from its beginning
     *   RETURNED(dead)                 the dead one, or its last cleaner, may not have counted it: it is counted now
     *   payload behind a FREE word     an only producer died over a record of several slots: an ABORTED record covers
     *                                  it
     *   a bias of the dead one         it is freed, and the message at which it stood is RETURNED; or its revocation is
     *                                  finished, which leaves CLAIMED(dead) or TAKEN(dead)
     *   a tail beyond the last record  the producer of a broadcast died over its message: an ABORTED record fills the
     *                                  gap
     *
     * Others go on meanwhile. They may move the words of living owners, never those of the dead one; and the slots of
     * an unreleased record are not claimed for the next turn. So the walk meets every word of the dead owner. It
     * starts one ring before the tail: the slots there are free, word by word, or the beginning of a record.
     */
    private final Ring ring;
    private final int dead;

    private RingRecovery(Ring ring, int dead) {
        this.ring = ring;
        this.dead = dead;
    }

    /// Whether a message that stands at a position, or is being written there, has not been acknowledged.
    ///
    /// @param address of the ring, as it is mapped in this process
    /// @param size how many bytes are mapped there
    /// @param position of the message
    /// @return false if the message is gone, or was never sent; true also for the next position of an only producer
    ///     that lives, which may have a claim there
    public static boolean refersTo(long address, long size, long position) {
        Ring ring = unowned(address, size, 0, null);
        boolean mayBeClaimed = ring.options.producers() == Producers.ONE
                && RoleWord.isTaken(address + RingLayout.PRODUCER_ROLE);
        long tail = ring.findTail();
        if (position == tail) {
            return mayBeClaimed;
        }
        long word = ring.word(position);
        if (position > tail || position < tail - ring.slots
                || SlotWord.turnsAhead(word, ring.turn(position)) != 0) {
            return false;
        }
        int state = SlotWord.state(word);
        return state != SlotWord.ABORTED && state != SlotWord.DONE;
    }

    private static Ring unowned(long address, long size, int owner, Parking parking) {
        return new Ring("(swept)", address, size, parking, Liveness.of(owner));
    }

    /// Finishes, or undoes, whatever a dead owner had begun in a ring. The caller holds the dead owner's place in the
    /// registry, so that no other process does it at the same time; a caller that dies is the same case again.
    ///
    /// @param address of the ring, as it is mapped in this process
    /// @param size how many bytes are mapped there
    /// @param owner the dead one's slot
    /// @param parking wakes waiters for what the dead owner held
    /// @hidden
    @SuppressWarnings("exports")
    public static void recover(long address, long size, int owner, Parking parking) {
        new RingRecovery(unowned(address, size, owner, parking), owner).run();
    }

    private void run() {
        if (RoleWord.isHeldBy(ring.address + RingLayout.PRODUCER_ROLE, dead)) {
            if (abortUnfinished(ring)) {
                Memory.getAndAddLong(ring.address + RingLayout.ABORTED_COUNT, 1);
            }
            CrashPoint.RECOVER_SLOT_DONE.reached();
            RoleWord.died(ring.address + RingLayout.PRODUCER_ROLE, dead);
        }
        if (ring.options.producers() == Producers.MANY) {
            ring.claims.recover(dead);
        }
        if (ring.options.consumers() == Consumers.MANY) {
            ring.takes.recover(dead);
        }
        if (ring.options.consumers() == Consumers.BROADCAST) {
            Subscribers.recover(ring, dead);
        } else {
            finishSlots();
            RoleWord.died(ring.address + RingLayout.CONSUMER_ROLE, dead);
        }
        ring.writers().clear(dead);
        ring.items.wakeAll();     // not signal(): the dead one may have moved the word, and not called
        ring.space.wakeAll();
    }

    private void finishSlots() {
        long tail = ring.findTail();
        boolean returned = false;
        long position = ring.oldest();
        while (position < tail) {
            long word = ring.word(position);
            switch (ring.seen(position, word)) {
                case SlotWord.FREE, Ring.RELEASED, Ring.OTHER -> position++;
                default -> {
                    if (ring.findTail() <= position + ring.slots) {
                        returned |= finish(position, word, SlotWord.slots(word));
                        position += SlotWord.slots(word);
                    } else {
                        position = Math.max(position + 1, ring.oldest());    // the ring has gone past it meanwhile
                    }
                }
            }
            tail = Math.max(tail, ring.findTail());
        }
        if (returned) {
            ring.countReturn();
        }
    }

    /// @return whether the message is offered again
    private boolean finish(long position, long word, int slots) {
        if (SlotWord.owner(word) != dead) {
            return false;
        }
        boolean returned = false;
        switch (SlotWord.state(word)) {
            case SlotWord.CLAIMED -> {
                if (ring.compareAndSetWord(position, word, slots, SlotWord.ABORTED)) {
                    Memory.getAndAddLong(ring.address + RingLayout.ABORTED_COUNT, 1);
                }
            }
            case SlotWord.TAKEN -> {
                if (ring.compareAndSetWord(position, word, slots, SlotWord.RETURNED)) {
                    Memory.getAndAddLong(ring.address + RingLayout.GIVEN_BACK_COUNT, 1);
                    returned = true;
                }
            }
            case SlotWord.DONE -> {
                if (slots == 1) {
                    ring.releaseAborted(position, slots);    // a message of one slot is never DONE
                } else {
                    ring.release(position, slots);
                }
            }
            case SlotWord.RETURNED -> {
                return true;
            }
            default -> {
                return false;    // committed or aborted: complete without its owner
            }
        }
        CrashPoint.RECOVER_SLOT_DONE.reached();
        return returned;
    }

    /// Aborts what the producer of a ring with one producer had claimed and not committed.
    ///
    /// @return whether there was something
    static boolean abortUnfinished(Ring ring) {
        boolean broadcast = ring.options.consumers() == Consumers.BROADCAST;
        long from = broadcast ? firstUnfinishedBackwards(ring, ring.tail()) : ring.findTail();
        long to = broadcast ? ring.tail() : endOfPayload(ring, from);
        for (long position = from; position < to; ) {      // once, unless the tail is damaged
            int count = (int) Math.min(to - position, Math.min(SlotWord.MAX_SLOTS, ring.slotsToEnd(position)));
            ring.putWord(position, count, SlotWord.ABORTED);
            position += count;
        }
        ring.raiseTail(ring.findTail());
        return from < to;
    }

    /// Where the payload ends that an only producer has left behind the last record.
    ///
    /// A claim of several slots marks the words of all but the first as `covered` before payload overwrites them. So
    /// the last slot whose word is neither FREE for this turn nor that of a record of the last turn ends it. Records of
    /// the last turn that are not released begin where the room of the dead producer ended, with the word of one.
    ///
    /// @return `tail` if no claim of several slots was open
    private static long endOfPayload(Ring ring, long tail) {
        long end = tail;
        long most = Math.min(ring.slotsFor(ring.options.maxMessageBytes()), ring.slotsToEnd(tail));
        if (ring.seen(tail, ring.word(tail)) != SlotWord.FREE) {
            return tail;                 // the ring is full
        }
        for (long position = tail + 1; position < tail + most; position++) {
            long word = ring.word(position);
            if (SlotWord.turnsAhead(word, ring.turn(position)) == -1 && SlotWord.slots(word) > 0) {
                break;
            }
            if (ring.seen(position, word) != SlotWord.FREE) {
                end = position + 1;
            }
        }
        return end;
    }

    /// Goes back from the tail to the last record of a broadcast, which has no head: what lies between its end and the
    /// tail is unfinished, or the record itself is. Before the first record of all lie only free words.
    private static long firstUnfinishedBackwards(Ring ring, long tail) {
        long firstFree = tail;
        for (long position = tail - 1; position >= Math.max(0, tail - ring.slots); position--) {
            long word = ring.word(position);
            if (SlotWord.turnsAhead(word, ring.turn(position)) != 0) {
                continue;                // payload, or what an earlier turn has left
            }
            if (SlotWord.slots(word) > 0) {
                return SlotWord.state(word) == SlotWord.CLAIMED ? position
                        : Math.min(tail, position + SlotWord.slots(word));
            }
            firstFree = position;
        }
        return firstFree;
    }
}
