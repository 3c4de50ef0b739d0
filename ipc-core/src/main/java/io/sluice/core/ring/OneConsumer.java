package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Reachability;
import org.agrona.concurrent.MessageHandler;

/// The only consumer of a ring: it owns the head, so to take is to read.
final class OneConsumer extends RingConsumer {
    /*
     * next        the next message; this process alone moves it, after the handler has returned and the slots are free.
     *             A read keeps it in a local variable, and stores it when it ends, however that comes.
     * published   what the head in memory says: never beyond next. It is written when a read ends, and within a long
     *             one after each eighth of the ring, since each time the producer reads it costs both a cache miss.
     *
     * A read looks for a producer that sleeps after each `lookEvery` messages, at most an eighth of the ring, and then
     * writes the head at once. So such a producer is called while seven eighths of the ring are still to be read.
     *
     * A death while the handler runs leaves the message COMMITTED before a head that has not passed it: the next
     * consumer starts at the head, steps over what is free, and reads it.
     */
    private static final int LOOK_EVERY = 16;

    private final long headAddress;
    private final int publishEvery;
    private final int looks;         // a mask: the numbers of messages after which a read looks for a sleeper
    private long next;
    private long published;

    OneConsumer(Ring ring, WaitStrategy strategy, int reservation) {
        super(ring, strategy);
        headAddress = ring.address + RingLayout.HEAD;
        publishEvery = Math.max(1, ring.limit / 8);
        looks = Integer.highestOneBit(Math.min(LOOK_EVERY, publishEvery)) - 1;
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
    public int read(MessageHandler handler, int limit) {
        try {
            return readNow(handler, limit);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private int readNow(MessageHandler handler, int limit) {
        StackRoom.probe();
        checkOpen();
        long key = ring.key;             // locals: behind an acquire the compiler would load fields again
        long firstSlot = ring.firstSlot;
        long mask = ring.mask;
        int slotShift = ring.slotShift;
        int turnShift = ring.turnShift;
        long at = next;
        int count = 0;
        try {
            while (count < limit) {
                long slot = firstSlot + ((at & mask) << slotShift);
                long word = Memory.getLongAcquire(slot) ^ key;       // pairs with the release of the commit
                long turn = at >>> turnShift;
                if (SlotWord.isCommittedSlot(word, turn)) {
                    CrashPoint.TAKE_HELD.reached();
                    handle(handler, at, slot, 1);
                    Memory.putLongRelease(slot, key ^ SlotWord.of(turn + 1, 1, 0, SlotWord.FREE));
                    CrashPoint.RELEASE_WORD_SET.reached();
                    at++;
                    count++;
                } else {
                    int seen = ring.seen(at, word);
                    if (seen == Ring.RELEASED) {
                        at++;            // released by a predecessor that died before it published the head
                        continue;
                    }
                    if (seen != SlotWord.COMMITTED && seen != SlotWord.ABORTED) {
                        if (seen == Ring.OTHER && ring.word(at) == word) {
                            throw ring.corrupt(at);      // what this consumer has released is free for the next turn
                        }
                        break;
                    }
                    int slots = SlotWord.slots(word);
                    if (seen == SlotWord.COMMITTED) {
                        CrashPoint.TAKE_HELD.reached();
                        handle(handler, at, slot, slots);
                        count++;
                    }
                    ring.release(at, slots);
                    at += slots;
                }
                if (at - published >= publishEvery || ((count & looks) == 0 && ring.space.isAwaited())) {
                    publish(at);
                }
            }
        } finally {
            next = at;
            if (published != at) {
                publish(at);             // the caller may go away for long, and a producer wait for just these slots
            }
        }
        return count == 0 ? nothing() : count;
    }

    private void publish(long position) {
        Memory.putLongRelease(headAddress, position);    // pairs with the acquire in OneProducer.findRoom
        published = position;
        ring.space.signal();
        Reachability.upToHere(this);
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
