package io.sluice.core.ring;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;

/// Looks at the messages of a ring where they lie, without taking them; and takes a certain one out.
///
/// - **Threads:** any.
/// - **Consistency:** weak. What it finds was there at some time since the call began; others take and send meanwhile.
/// - **Broadcasts** have no message that is taken or not; there it finds nothing of use.
/// - **Allocation:** none.
///
/// @hidden
public final class RingBrowser {
    private final Ring ring;

    RingBrowser(Ring ring) {
        this.ring = ring;
    }

    /// The position of the first message at or after `from` that can be taken. What lies behind a claim that is still
    /// open cannot be taken yet, so it is not found either.
    ///
    /// @param from where a message ends that this method has returned, or 0 for the message that is taken next
    /// @return the position, or -1 if there is none now
    /// @throws io.sluice.core.error.CorruptObjectException if the memory holds what no participant can have written
    public long next(long from) {
        try {
            if (ring.isShutdownNow()) {
                return Ring.NONE;
            }
            return from <= 0 ? ring.front.find(false) : ring.front.findFrom(from);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Where the ring ends now: a walk that stops there comes to its end, however fast producers are.
    ///
    /// @return the position after the last claim
    public long end() {
        try {
            return ring.findTail();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Copies a message that is not taken.
    ///
    /// @param position a position that [#next] has returned
    /// @param visitor gets the message if it is still there; it must only copy, since what it reads may be half
    ///     overwritten; what it returns counts only if it was not
    /// @return what the visitor returned, or -1 if the message was taken meanwhile
    public int peek(long position, Visitor visitor) {
        try {
            long word = ring.word(position);
            if (!isThere(position, word)) {
                return -1;
            }
            long slot = ring.wordAddress(position);
            int length = Memory.getInt(slot + RingLayout.MESSAGE_LENGTH);
            int type = Memory.getInt(slot + RingLayout.MESSAGE_TYPE);
            if (length < 0 || length > ring.payloadBytes(position, SlotWord.slots(word))) {
                return -1;
            }
            int result = visitor.visit(type, slot + RingLayout.PAYLOAD, length);
            Fences.loadLoad();   // the copy before the second look
            return ring.word(position) == word ? result : -1;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// What became of a record that was claimed at a position: for a producer that died, and whose successor must know
    /// whether the message is there. Only what [Fate#RELEASED] says is uncertain: then the record was either read or
    /// given up, and [Ring#abortedByDeath] tells which, if no other producer died meanwhile. While the slots of a record
    /// are not claimed again, that holds for one of several slots alone, which recovery may have released.
    ///
    /// @param position where a record was claimed, or was about to be
    /// @return its state now
    public Fate fate(long position) {
        try {
            long word = ring.word(position);
            return switch (ring.seen(position, word)) {
                case SlotWord.FREE -> Fate.UNCLAIMED;
                case SlotWord.CLAIMED -> Fate.CLAIMED;
                case SlotWord.ABORTED -> Fate.ABORTED;
                case SlotWord.COMMITTED, SlotWord.TAKEN, SlotWord.RETURNED -> Fate.COMMITTED;
                // A message of one slot is never DONE, and what was aborted leaves a free word without slots.
                case SlotWord.DONE -> SlotWord.slots(word) == 1 ? Fate.ABORTED : Fate.RELEASED;
                case Ring.RELEASED -> switch (SlotWord.slots(word)) {
                    case 0 -> Fate.ABORTED;
                    case 1 -> Fate.COMMITTED;
                    default -> Fate.RELEASED;
                };
                default -> Fate.RELEASED;
            };
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// What became of a record.
    public enum Fate {
        /// Nothing is claimed there, or by an only producer, whose claims do not show before their commit.
        UNCLAIMED,
        /// It is being written, or its producer is dead and not yet cleaned up after.
        CLAIMED,
        /// It is a message, or was: taken, acknowledged or neither.
        COMMITTED,
        /// It was given up.
        ABORTED,
        /// Its slots are released, or of a later turn.
        RELEASED
    }

    /// Takes a certain message out of the ring, wherever it lies, and releases it. For rings with many consumers.
    ///
    /// @param position a position that [#next] has returned
    /// @return whether it was still there
    public boolean remove(long position) {
        try {
            StackRoom.probe();           // a message that is taken must be released
            boolean _ = ring.takes.enterToTake();
            long word = ring.word(position);
            if (!isThere(position, word)
                    || !ring.compareAndSetWord(position, word, SlotWord.slots(word), SlotWord.TAKEN)) {
                return false;
            }
            ring.release(position, SlotWord.slots(word));
            ring.signalRelease();
            return true;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean isThere(long position, long word) {
        int seen = ring.seen(position, word);
        return seen == SlotWord.COMMITTED || seen == SlotWord.RETURNED;
    }

    /// How many messages are there to be taken: a snapshot, by a walk over them.
    ///
    /// @return the number, at least 0
    public int size() {
        try {
            int count = 0;
            for (long position = next(0); position != Ring.NONE && count < ring.limit; count++) {
                position = next(position + ring.slotsAt(position));
            }
            return count;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether every message was taken and acknowledged, and no claim is open; after [Ring#shutdownNow()], whether
    /// every message that was taken is acknowledged.
    ///
    /// @return true if all slots are free, or none is held
    public boolean isAllReleased() {
        return ring.isShutdownNow() ? isNoneHeld() : isAllFree();
    }

    private boolean isNoneHeld() {
        long tail = ring.findTail();
        for (long position = Math.max(0, tail - ring.slots); position < tail; ) {
            long word = ring.word(position);
            int seen = ring.seen(position, word);
            if (seen == SlotWord.TAKEN || seen == SlotWord.DONE) {
                return false;
            }
            position = ring.after(position, word);
        }
        return true;
    }

    private boolean isAllFree() {
        long tail = ring.findTail();
        for (long position = Math.max(0, tail - ring.slots); position < tail; position++) {
            long word = ring.word(position);
            if (SlotWord.turnsAhead(word, ring.turn(position)) <= 0) {
                return false;
            }
        }
        return true;
    }

    /// Visits messages that were taken and whose slots have not been claimed since, oldest first. The first eight bytes
    /// of each slot but a message's first one were overwritten when it was released. For diagnosis; a message that is
    /// overwritten during its visit is not counted.
    ///
    /// @param visitor gets each message; it must only copy, since what it reads may be half overwritten; what it
    ///     returns does not matter
    /// @return how many messages it got whole
    public int history(Visitor visitor) {
        try {
            return historyNow(visitor);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private int historyNow(Visitor visitor) {
        int count = 0;
        long tail = ring.findTail();
        for (long position = Math.max(0, tail - ring.slots); position < tail; position++) {
            long word = ring.word(position);
            int taken = SlotWord.slots(word);
            if (taken == 0 || ring.seen(position, word) != Ring.RELEASED) {
                continue;
            }
            long slot = ring.wordAddress(position);
            int length = Memory.getInt(slot + RingLayout.MESSAGE_LENGTH);
            int type = Memory.getInt(slot + RingLayout.MESSAGE_TYPE);
            Fences.loadLoad();   // length and type before the second look: they belong to the word
            if (length >= 0 && length <= ring.payloadBytes(position, taken) && ring.word(position) == word) {
                visitor.visit(type, slot + RingLayout.PAYLOAD, length);
                Fences.loadLoad();   // the copy before the third look
                if (ring.word(position) == word) {
                    count++;
                }
            }
        }
        return count;
    }

    /// Looks at a message that stays where it is.
    @FunctionalInterface
    public interface Visitor {
        /// Looks at one message.
        ///
        /// @param type what its producer gave it
        /// @param payload absolute address of its first byte
        /// @param length in bytes
        /// @return as the method that is called with it documents
        int visit(int type, long payload, int length);
    }
}
