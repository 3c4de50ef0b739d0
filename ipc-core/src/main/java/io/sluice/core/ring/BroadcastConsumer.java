package io.sluice.core.ring;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Reachability;
import org.agrona.concurrent.MessageHandler;

/// A consumer of a broadcast: it has a cursor and changes nothing in the slots.
final class BroadcastConsumer extends RingConsumer {
    /*
     * One that blocks the producer reads in place: its cursor keeps the slots. One that does not may be overtaken
     * while it reads, so it copies, and looks at the word again: the producer replaces the words of all slots that it
     * claims before it touches any payload, since records of the last turn began in any of them (a sequence lock in
     * which the reader gives up instead of retrying; the fence is the one of H.-J. Boehm, "Can Seqlocks Get Along With
     * Programming Language Memory Models?", 2012).
     */
    private final SlowConsumer policy;
    private final long entry;
    private final int publishEvery;
    private final ExpandableMemoryBuffer copy;
    private long next;
    private long published;
    private long ahead;              // behind the last message that HeldMessages has taken
    private long held = Ring.NONE;   // that message, or one before `next`
    private long lost;

    BroadcastConsumer(Ring ring, SlowConsumer policy, WaitStrategy strategy) {
        super(ring, strategy);
        this.policy = policy;
        this.copy = policy == SlowConsumer.DROP ? new ExpandableMemoryBuffer(ring.options.slotBytes()) : null;
        this.entry = Subscribers.join(ring, policy);
        this.publishEvery = Math.max(1, ring.limit / 8);
        this.next = Memory.getLongAcquire(entry + RingLayout.SUBSCRIBER_CURSOR);
        this.published = next;
    }

    @Override
    long cursor() {
        return next;
    }

    @Override
    int readNow(MessageHandler handler, int limit) {
        StackRoom.probe();
        int count = 0;
        while (count < limit) {
            long word = ring.word(next);
            if (SlotWord.is(word, ring.turn(next), SlotWord.COMMITTED)) {
                int slots = SlotWord.slots(word);
                if (policy == SlowConsumer.BLOCK) {
                    handleOrPublish(handler, slots);
                } else if (!handleCopy(handler, word, slots)) {
                    continue;            // overtaken; the word tells now
                }
                next += slots;
                count++;
            } else if (SlotWord.is(word, ring.turn(next), SlotWord.ABORTED)) {
                next += Math.max(1, SlotWord.slots(word));
            } else if (!wasOvertaken()) {
                break;
            }
            if (isClosed()) {
                break;
            }
            if (next - published >= publishEvery || ring.space.isAwaited()) {
                publish();
            }
        }
        if (published != next) {
            publish();                   // the caller may go away for long, and the producer wait for just these slots
        }
        return count;
    }

    /// A handler may throw, and its thread not come back for long; the producer may wait for what was read before.
    private void handleOrPublish(MessageHandler handler, int slots) {
        try {
            handle(handler, next, ring.wordAddress(next), slots);
        } catch (Throwable failure) {
            publish();
            throw failure;
        }
    }

    private boolean handleCopy(MessageHandler handler, long word, int slots) {
        long slot = ring.wordAddress(next);
        int length = Memory.getInt(slot + RingLayout.MESSAGE_LENGTH);
        int type = Memory.getInt(slot + RingLayout.MESSAGE_TYPE);
        boolean fits = length >= 0 && length <= ring.payloadBytes(next, slots);
        if (fits) {
            copy.checkLimit(length);
            Memory.copy(slot + RingLayout.PAYLOAD, copy.addressOffset(), length);
        }
        Fences.loadLoad();
        if (ring.word(next) != word) {
            return false;
        }
        if (!fits) {
            throw wrongLength(next, length, slots);
        }
        position = next;
        handler.onMessage(type, copy, 0, length);
        return true;
    }

    /// Whether the producer has gone over this position; then goes on with the newest message.
    private boolean wasOvertaken() {
        if (policy == SlowConsumer.BLOCK) {
            return false;                // not written yet; and the line of the tail stays with the producer
        }
        long tail = ring.tail();
        if (tail - next < ring.slots) {
            return false;                // not written yet; its slot cannot have been used again
        }
        long more = lost + tail - next;
        Memory.putLongOpaque(entry + RingLayout.SUBSCRIBER_LOST, more);
        lost = more;
        next = tail;
        return true;
    }

    /// For one that blocks the producer: what is held stays because the cursor does.
    @Override
    long hold() {
        ahead = Math.max(ahead, next);
        for (;;) {
            long word = ring.word(ahead);
            if (SlotWord.is(word, ring.turn(ahead), SlotWord.COMMITTED)) {
                held = ahead;
                ahead += SlotWord.slots(word);
                return held;
            }
            if (!SlotWord.is(word, ring.turn(ahead), SlotWord.ABORTED)) {
                if (held < next && next < ahead) {
                    moveTo(ahead);
                }
                return Ring.NONE;
            }
            ahead += Math.max(1, SlotWord.slots(word));
        }
    }

    @Override
    void letGo(long position) {
        moveTo(position < held ? position + ring.slotsAt(position) : ahead);
    }

    private void moveTo(long position) {
        next = position;
        if (next - published >= publishEvery || ring.space.isAwaited() || next == ahead) {
            publish();
        }
    }

    private void publish() {
        Memory.putLongRelease(entry + RingLayout.SUBSCRIBER_CURSOR, next);   // pairs with Subscribers.slowest
        published = next;
        ring.space.signal();
        Reachability.upToHere(this);
    }

    @Override
    public boolean isEnded() {
        try {
            if (!ring.isShutdown()) {
                return false;
            }
            ring.parking.heavyFence();       // as in Ring.isDrained
            // Less than `next` if this consumer joined while the producer had moved the tail for a message, saw the
            // shutdown, and moved it back.
            return ring.tail() <= next;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    @Override
    boolean hasMessage() {
        long word = ring.word(next);
        int state = SlotWord.state(word);
        boolean written = SlotWord.turnsAhead(word, ring.turn(next)) == 0
                && (state == SlotWord.COMMITTED || state == SlotWord.ABORTED);
        return written || (policy != SlowConsumer.BLOCK && ring.tail() - next >= ring.slots);
    }

    @Override
    public long lost() {
        return lost;
    }

    @Override
    void leave() {
        Subscribers.leave(entry);
        ring.space.signal();
    }
}
