package io.sluice.core.ring;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.ring.RingOptions.Consumers;
import org.agrona.DirectBuffer;

/// Reads along in a ring of any shape, by position: it takes nothing, writes nothing, and so holds no producer and no
/// consumer up. What was overwritten before it came by is reported as a gap.
///
/// - **Threads:** one at a time.
/// - **Order:** that of the claims; each message once, however often it was given back.
/// - **Blocking:** never.
/// - **Slowness:** a message stays readable after it was taken, until its slots are claimed again. One of several slots
///   is readable only until it is released, since its slots lose eight bytes each then.
/// - **Death:** a follower leaves nothing behind. A claim of a dead producer stops it, as it stops consumers, until
///   [Ring#lookAtDeaths()] has aborted it.
/// - **Allocation:** none, once the buffer is as long as the longest message.
///
/// @hidden
public final class RingFollower {
    /*
     * A copy is good if the slot cannot have been claimed for the next turn before the copy was complete:
     *
     *   a broadcast        the word is the same after the copy: its producer replaces the words of all slots that it
     *                      claims, fences, and only then writes payload, see BroadcastConsumer
     *   COMMITTED, TAKEN,  the word is the same after the copy: a claim of the next turn finds the slot FREE, so a
     *   RETURNED           release came before, and changed the word
     *   RELEASED           the word proves nothing: an only producer writes its payload under a FREE word (OneProducer),
     *                      and a record of many slots covers later words without a fence. The tail proves it: a claim at
     *                      position p finds the tail at p - hintLag or later in memory, and reaches to p + mostSlots at
     *                      most. So a slot of position `next` is untouched if, after the copy,
     *
     *                          tail + hintLag + mostSlots <= next + slots
     *
     * The last line needs that a store of payload is not visible before the earlier store of the tail. x86-64 keeps
     * stores in order; elsewhere a heavy fence comes between copy and look.
     *
     * A follower that was overtaken goes on half a ring behind the tail: nearer to it more would be lost, and farther
     * away it would be overtaken again at once. There a walk finds the next record: what is no genuine word of a
     * position is payload, see Ring, or the later slot of a released record, whose word names no slots.
     */
    private final Ring ring;
    private final boolean broadcast;
    private final int mostSlots;
    private final ExpandableMemoryBuffer copy;
    private long held = Long.MAX_VALUE;
    private long next;
    private int length;
    private int type;

    /// Receives what is followed.
    public interface Handler {
        /// A message.
        ///
        /// @param position of its claim; grows from message to message
        /// @param type what its producer gave it
        /// @param buffer the payload from its index 0 on, a copy that is the handler's during the call
        /// @param length in bytes
        void onMessage(long position, int type, DirectBuffer buffer, int length);

        /// Slots that were overwritten, or whose message was damaged by its release, before they were read.
        ///
        /// @param from position of the first one
        /// @param to position behind the last one, where the next message begins
        void onGap(long from, long to);
    }

    /// A follower that begins with the oldest message that is still readable.
    ///
    /// @param ring what to follow
    /// @param oneSlot whether every record has one slot, as in queues; then more of the past is readable
    public RingFollower(Ring ring, boolean oneSlot) {
        this.ring = ring;
        this.broadcast = ring.options.consumers() == Consumers.BROADCAST;
        this.mostSlots = oneSlot ? 1 : ring.mostSlots();
        this.copy = new ExpandableMemoryBuffer(ring.options.slotBytes());
        try {
            long tail = end();
            next = recordFrom(Math.max(0, tail - ring.slots), tail);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Goes on behind a message, or a gap, that an earlier follower of the same ring has read.
    ///
    /// @param position of the message, or the last one of the gap
    /// @throws IllegalArgumentException if the ring has never been there
    public void startBehind(long position) {
        try {
            if (position >= end()) {
                throw new IllegalArgumentException("ring '%s': position %,d is not behind its end, which is %,d"
                        .formatted(ring.name, position, end()));
            }
            long word = ring.word(position);
            next = switch (ring.seen(position, word)) {
                case SlotWord.FREE, Ring.OTHER -> position + 1;          // gone; the gap begins there
                default -> position + Math.max(1, SlotWord.slots(word));
            };
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Lets it never go on behind the beginning of a subscription that blocks the producer: what comes from there on
    /// waits to be read through that.
    ///
    /// @param subscription to the same broadcast, through which nothing was read
    /// @return the position at which it begins
    public long boundBy(RingConsumer subscription) {
        held = subscription.cursor();
        return held;
    }

    /// Leaves out everything that was sent up to now.
    public void startAtEnd() {
        try {
            next = end();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// The position of the next message.
    ///
    /// @return behind the last one that was read
    public long next() {
        return next;
    }

    /// Where the ring ends now.
    ///
    /// @return the position behind the last claim
    public long end() {
        return ring.browser().end();
    }

    /// Whether the ring was shut down, and everything in it was read.
    ///
    /// @return true from then on
    public boolean isEnded() {
        try {
            if (!ring.isShutdown()) {
                return false;
            }
            ring.parking.heavyFence();       // as in Ring.isDrained
            return end() <= next;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Reads what is there. A handler that throws has had its message; the next call goes on behind it.
    ///
    /// @param handler gets messages and gaps
    /// @param limit how many of both at most
    /// @return how many it got
    public int follow(Handler handler, int limit) {
        try {
            StackRoom.probe();
            int count = 0;
            while (count < limit) {
                long at = next;
                long word = ring.word(at);
                int seen = ring.seen(at, word);
                int slots = SlotWord.slots(word);
                switch (seen) {
                    case SlotWord.COMMITTED, SlotWord.TAKEN, SlotWord.RETURNED -> {
                        if (copied(at, word, slots)) {
                            count++;
                            deliver(handler, at, slots);
                        }
                    }
                    case SlotWord.ABORTED -> next = at + slots;
                    case SlotWord.DONE -> {
                        next = at + slots;
                        if (slots > 1) {     // of one slot only an aborted record is DONE
                            count++;
                            handler.onGap(at, next);
                        }
                    }
                    case Ring.RELEASED -> count += released(handler, at, word, slots);
                    case SlotWord.FREE, SlotWord.CLAIMED -> {
                        return count;
                    }
                    default -> {
                        if (!wasPassed(at, word)) {
                            return count;
                        }
                        count += overtaken(handler, at);
                    }
                }
            }
            return count;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private void deliver(Handler handler, long at, int slots) {
        if (length < 0) {
            throw ring.corrupt(at);
        }
        next = at + slots;
        handler.onMessage(at, type, copy, length);
    }

    /// Goes past a released slot.
    ///
    /// @return how many messages and gaps the handler got
    private int released(Handler handler, long at, long word, int slots) {
        if (broadcast) {
            return overtaken(handler, at);
        }
        if (slots == 0) {                    // of an aborted record
            next = at + 1;
            return 0;
        }
        if (slots > 1) {
            next = at + slots;
            handler.onGap(at, next);
            return 1;
        }
        if (!copied(at, word, slots)) {
            return 0;
        }
        if (!ring.isUntouched(at, mostSlots)) {
            return overtaken(handler, at);
        }
        deliver(handler, at, slots);
        return 1;
    }

    /// Copies a message; a length that does not fit becomes -1: a claim of the next turn has written it, or damage.
    ///
    /// @return false if its word has changed meanwhile; the word tells now
    private boolean copied(long at, long word, int slots) {
        long slot = ring.wordAddress(at);
        int found = Memory.getInt(slot + RingLayout.MESSAGE_LENGTH);
        type = Memory.getInt(slot + RingLayout.MESSAGE_TYPE);
        length = found <= ring.payloadBytes(at, slots) ? Math.max(-1, found) : -1;
        if (length > 0) {
            copy.checkLimit(found);
            Memory.copy(slot + RingLayout.PAYLOAD, copy.addressOffset(), found);
        }
        Fences.loadLoad();                   // the copy before the second look
        return ring.word(at) == word;
    }

    /// Whether a word that does not belong to its position means that the ring has gone past it.
    private boolean wasPassed(long at, long word) {
        if (broadcast) {
            return ring.tail() - at >= ring.slots;
        }
        if (at < ring.oldestReadable(ring.findTail(), mostSlots)) {
            return true;
        }
        if (SlotWord.turnsAhead(word, ring.turn(at)) >= 0 && ring.word(at) == word
                && at >= ring.oldestReadable(ring.findTail(), mostSlots)) {
            throw ring.corrupt(at);
        }
        return false;                        // still in use by the last turn, so not claimed; or changed meanwhile
    }

    /// @return how many gaps the handler got: none if nothing is overwritten after all
    private int overtaken(Handler handler, long at) {
        long tail = end();
        if (broadcast && tail - at < ring.slots) {
            return 0;
        }
        next = recordFrom(Math.max(at + 1, Math.min(held, tail - ring.slots / 2)), tail);
        handler.onGap(at, next);
        return 1;
    }

    /// The first record at or behind a position that can be read; `tail` if there is none before it.
    private long recordFrom(long from, long tail) {
        long released = ring.oldestReadable(tail + ring.hintLag, mostSlots);
        for (long at = from; at < tail; at++) {
            long word = ring.word(at);
            switch (ring.seen(at, word)) {
                case SlotWord.FREE, Ring.OTHER -> { }
                case Ring.RELEASED -> {
                    if (at >= released && !broadcast && SlotWord.slots(word) > 0) {
                        return at;
                    }
                }
                default -> {
                    return at;
                }
            }
        }
        return Math.max(from, tail);
    }
}
