package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Reachability;
import org.agrona.concurrent.MessageHandler;

/// The only consumer of a ring: it owns the head, so to take is to read.
final class OneConsumer extends RingConsumer {
    /*
     * next        the next message; this process alone moves it, after the handler has returned and the slots are free
     * published   what the head in memory says: never beyond next; it is written when a read ends, and within a long
     *             one after each eighth of the ring, since each time the producer reads it costs both a cache miss
     *
     * After each message it looks for a producer that sleeps. To look more rarely would be faster alone, and slower in
     * company: a receiver as fast as its sender sits on the line that is being written, see decision 0036.
     *
     * ahead       behind the last message that HeldMessages has taken; those from `next` on are held. Nothing in memory
     *             tells of it, so a death leaves them unread.
     * held        the last message that is held, or one before `next`. Records behind it that were aborted are released
     *             with it, since no later message may come before there is room.
     *
     * A death while the handler runs leaves the message COMMITTED before a head that has not passed it: the next
     * consumer starts at the head, steps over what is free, and reads it.
     */
    private final long headAddress;
    private final int publishEvery;
    private long next;
    private long published;
    private long ahead;
    private long held = Ring.NONE;

    OneConsumer(Ring ring, WaitStrategy strategy, int reservation) {
        super(ring, strategy);
        headAddress = ring.address + RingLayout.HEAD;
        publishEvery = Math.max(1, ring.limit / 8);
        ring.takeRole(RingLayout.CONSUMER_ROLE, "consumer", reservation);
        try {
            published = ring.head();
            next = Math.max(published, ring.oldest());   // producers may have lapped what a dead one did not publish
        } catch (Throwable failure) {
            RoleWord.leave(ring.address + RingLayout.CONSUMER_ROLE, ring.self);
            throw failure;
        }
    }

    @Override
    int readNow(MessageHandler handler, int limit) {
        StackRoom.probe();
        int count = 0;
        long position = next;
        while (count < limit) {
            long word = ring.word(position);
            int seen = ring.seen(position, word);
            if (seen == Ring.RELEASED) {
                next = ++position;       // released by a predecessor that died before it published the head
                continue;
            }
            int slots = SlotWord.slots(word);
            if (seen == SlotWord.COMMITTED) {
                CrashPoint.TAKE_HELD.reached();
                handleOrPublish(handler, position, slots);
                count++;
                ring.release(position, slots);
            } else if (seen == SlotWord.ABORTED) {
                ring.releaseAborted(position, slots);
            } else {
                if (seen == Ring.OTHER && ring.word(position) == word) {
                    throw ring.corrupt(position);    // what this consumer has released is free for the next turn
                }
                break;
            }
            position += slots;
            next = position;
            if (isClosed()) {
                break;
            }
            if (position - published >= publishEvery || ring.space.isAwaited()) {
                publish(position);
            }
        }
        if (published != position) {
            publish(position);           // the caller may go away for long, and a producer wait for just these slots
        }
        return count;
    }

    @Override
    void stepOverNow() {
        for (boolean more = true; more; ) {
            long word = ring.word(next);
            switch (ring.seen(next, word)) {
                case SlotWord.ABORTED -> {
                    ring.releaseAborted(next, SlotWord.slots(word));
                    next += SlotWord.slots(word);
                }
                case Ring.RELEASED -> next++;
                default -> more = false;
            }
        }
        if (published != next) {
            publish(next);
        }
    }

    /// A handler may throw, and its thread not come back for long; the producer may wait for what was read before.
    private void handleOrPublish(MessageHandler handler, long position, int slots) {
        try {
            handle(handler, position, ring.wordAddress(position), slots);
        } catch (Throwable failure) {
            if (published != position) {
                publish(position);
            }
            throw failure;
        }
    }

    private void publish(long position) {
        Memory.putLongRelease(headAddress, position);    // pairs with the acquire in OneProducer.findRoom
        published = position;
        ring.space.signal();
        Reachability.upToHere(this);
    }

    @Override
    long hold() {
        ahead = Math.max(ahead, next);
        while (ahead - next < ring.slots) {          // beyond that the slot is still that of `next`
            long word = ring.word(ahead);
            int seen = ring.seen(ahead, word);
            if (seen == SlotWord.COMMITTED) {
                held = ahead;
                ahead += SlotWord.slots(word);
                return held;
            } else if (seen == SlotWord.ABORTED) {
                ahead += SlotWord.slots(word);
            } else if (seen == Ring.RELEASED) {
                next = ++ahead;                      // as in readNow; nothing is held here yet
            } else if (seen == Ring.OTHER && ring.word(ahead) == word) {
                throw ring.corrupt(ahead);
            } else {
                break;
            }
        }
        if (held < next && next < ahead) {
            releaseTo(ahead);
        }
        return Ring.NONE;
    }

    @Override
    void letGo(long position) {
        releaseTo(position < held ? position + ring.slotsAt(position) : ahead);
    }

    private void releaseTo(long end) {
        while (next < end) {
            long word = ring.word(next);
            int slots = Math.clamp(SlotWord.slots(word), 1, ring.slotsToEnd(next));
            if (SlotWord.state(word) == SlotWord.ABORTED) {
                ring.releaseAborted(next, slots);
            } else {
                ring.release(next, slots);
            }
            next += slots;
        }
        if (next - published >= publishEvery || ring.space.isAwaited() || next == ahead) {
            publish(next);
        }
    }

    @Override
    boolean hasMessage() {
        return switch (ring.seen(next, ring.word(next))) {
            case SlotWord.COMMITTED, SlotWord.ABORTED, Ring.RELEASED, Ring.OTHER -> true;   // of the last, read tells
            default -> false;
        };
    }

    @Override
    int reserveRole() {
        return ring.reserveRole(RingLayout.CONSUMER_ROLE);
    }

    @Override
    void leave() {
        if (published != next) {
            publish(next);
        }
        RoleWord.leave(ring.address + RingLayout.CONSUMER_ROLE, ring.self);
        ring.space.signal();
    }
}
