package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import org.agrona.concurrent.MessageHandler;

/// One of any number of consumers, each of which gets some of the messages: to take one is a compare-and-set of its
/// word. Besides the handlers of a ring it serves the queues, which hold a message while they decode it or work on it.
///
/// - **Threads:** [#take], [#giveBack] and [#acknowledge] any number; [#read] one at a time, as everywhere.
public final class ManyConsumer extends RingConsumer {
    /*
     * The word of the first message that is not taken goes from COMMITTED to TAKEN(owner); that is the take. From TAKEN
     * the message is acknowledged, which releases its slots, or given back, by its taker or by whoever cleans up for a
     * dead one, which lowers the head to it. The head is a hint, moved before a take that would leave it too far
     * behind.
     *
     * reached    how far this process has walked or taken, with the version of the head for which that holds; shared
     *            by the threads of this process without ordering, since whatever value is read was true once
     */
    private long reached;

    ManyConsumer(Ring ring, WaitStrategy strategy) {
        super(ring, strategy);
    }

    /// Takes the next message. The caller reads it through [#payload] and [#length], and then acknowledges it or
    /// gives it back.
    ///
    /// @return its position, or -1 if nothing is there to be taken
    public long take() {
        checkOpen();
        long head = ring.head();
        long position = start(head);
        for (;;) {
            long word = ring.word(position);
            long ahead = SlotWord.turnsAhead(word, ring.turn(position));
            if (ahead == 0) {
                int slots = SlotWord.slots(word);
                switch (SlotWord.state(word)) {
                    case SlotWord.FREE, SlotWord.CLAIMED -> {
                        reached = Ring.withPosition(head, position);
                        return Ring.NONE;
                    }
                    case SlotWord.COMMITTED -> {
                        // The head was not lowered and has not passed this position: so no message before it waits
                        // to be taken, no later turn has claimed the slot, and the word is one.
                        long now = ring.head();
                        if (Ring.position(now) > position || versionChanged(head, now)) {
                            head = now;
                            position = Ring.position(now);
                        } else if (ring.compareAndSetWord(position, word, slots, SlotWord.TAKEN)) {
                            CrashPoint.TAKE_WORD_SET.reached();
                            reached = Ring.withPosition(now, position + slots);
                            if (position - Ring.position(now) >= ring.hintLag) {
                                ring.raiseHead(now, position + slots);
                            }
                            CrashPoint.TAKE_HELD.reached();
                            return position;
                        }
                    }
                    case SlotWord.ABORTED -> {
                        if (ring.compareAndSetWord(position, word, slots, SlotWord.DONE)) {
                            ring.release(position, slots);
                            ring.space.signal();
                        }
                    }
                    default -> position += Math.max(1, slots);      // taken, or being released, by somebody
                }
            } else if (ahead == 1 && SlotWord.state(word) == SlotWord.FREE) {
                position++;                                         // released since the head was read
            } else {
                long now = ring.head();
                if (Ring.position(now) <= position && !versionChanged(head, now)) {
                    long oldest = ring.oldest();
                    if (position < oldest) {
                        position = oldest;                          // released and claimed again; the head lags
                        continue;
                    }
                    if (ahead < 0) {
                        return Ring.NONE;                           // still in use by the last turn
                    }
                    if (ring.word(position) == word && ring.head() == now) {
                        throw ring.corrupt(position);
                    }
                }
                head = now;
                position = Ring.position(now);
            }
        }
    }

    /// Where to look first: where this process has been, unless a message was given back since.
    private long start(long head) {
        long last = reached;
        return versionChanged(head, last) ? Ring.position(head) : Math.max(Ring.position(head), Ring.position(last));
    }

    private static boolean versionChanged(long before, long now) {
        return (before & ~Ring.POSITION_MASK) != (now & ~Ring.POSITION_MASK);
    }

    /// Where the payload of a taken message begins.
    ///
    /// @param position of the message
    /// @return absolute address
    public long payload(long position) {
        return ring.wordAddress(position) + RingLayout.PAYLOAD;
    }

    /// The length of a taken message.
    ///
    /// @param position of the message
    /// @return its payload in bytes, checked
    public int length(long position) {
        int length = Memory.getInt(ring.wordAddress(position) + RingLayout.MESSAGE_LENGTH);
        int most = ring.payloadBytes(position, ring.slotsAt(position));
        return length < 0 || length > most ? -1 : length;
    }

    /// The type of a taken message.
    ///
    /// @param position of the message
    /// @return what its producer gave it
    public int type(long position) {
        return Memory.getInt(ring.wordAddress(position) + RingLayout.MESSAGE_TYPE);
    }

    /// Whether this process has the message: it was taken, and neither acknowledged nor given back since. Of a message
    /// that was given back, and taken again by another thread of this process, the answer is true as well.
    ///
    /// @param position of a message that this process has taken
    /// @return whether it is still to be ended
    public boolean isHeld(long position) {
        long word = ring.word(position);
        return SlotWord.is(word, ring.turn(position), SlotWord.TAKEN) && SlotWord.owner(word) == ring.self;
    }

    /// Ends the message: its slots are free.
    ///
    /// @param position of a message that this process has taken
    public void acknowledge(long position) {
        ring.release(position, ring.slotsAt(position));
        afterRelease();
    }

    private void afterRelease() {
        ring.space.signal();
        if (ring.isShutdown()) {
            ring.items.signal();         // this may have been what the other consumers still waited for
        }
    }

    /// Offers the message again, to anybody.
    ///
    /// @param position of a message that this process has taken
    public void giveBack(long position) {
        ring.giveBack(position, ring.slotsAt(position));
    }

    /// Waits until the ring has been shut down and drained, or every message in it was acknowledged.
    ///
    /// @param deadline as [io.sluice.core.idle.Waiter#await] takes it
    /// @return false if the deadline passed first
    /// @throws InterruptedException if interrupted while waiting
    public boolean awaitAllReleased(long deadline) throws InterruptedException {
        return ring.awaitRelease(() -> isClosed() || ring.browser().isAllReleased(), deadline);
    }

    @Override
    public int read(MessageHandler handler, int limit) {
        int count = 0;
        for (; count < limit; count++) {
            long position = take();
            if (position == Ring.NONE) {
                break;
            }
            int slots = ring.slotsAt(position);
            boolean handled = false;
            try {
                handle(handler, position, slots);
                handled = true;
            } finally {
                if (!handled) {
                    ring.giveBack(position, slots);
                }
            }
            ring.release(position, slots);
            afterRelease();
        }
        return count == 0 ? nothing() : count;
    }

    @Override
    boolean hasMessage() {
        long position = start(ring.head());
        for (;;) {
            long word = ring.word(position);
            long ahead = SlotWord.turnsAhead(word, ring.turn(position));
            if (ahead == 1 && SlotWord.state(word) == SlotWord.FREE) {
                position++;              // released
                continue;
            }
            if (ahead != 0) {
                long oldest = ring.oldest();
                if (position < oldest) {
                    position = oldest;   // released and claimed again; the head lags
                    continue;
                }
                return ahead > 0;        // neither; take() finds out
            }
            switch (SlotWord.state(word)) {
                case SlotWord.FREE, SlotWord.CLAIMED -> {
                    return false;
                }
                case SlotWord.COMMITTED, SlotWord.ABORTED -> {
                    return true;         // an aborted one has to be released by somebody
                }
                default -> position += Math.max(1, SlotWord.slots(word));
            }
        }
    }

    @Override
    void leave() {
        // Nothing in the ring names this handle.
    }
}
