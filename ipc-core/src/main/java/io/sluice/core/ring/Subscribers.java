package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;

/// The subscribers of a broadcast: each has an entry of its own, with its cursor.
final class Subscribers {
    /*
     * owner    0: free; taken by compare-and-set; given up by its owner, or by recovery
     * policy   0: not counted; SlowConsumer.code(). Written last on the way in, first on the way out
     * cursor   the next message; its owner alone moves it
     *
     * The producer counts the subscribers that block it. It may have asked shortly before a new one appeared, and go on
     * with that answer: at most `limit` beyond the tail of that moment. So a newcomer shows itself, fences, and only
     * then reads the tail to start from: the producer's answer came before, so its tail was not later.
     */
    static final int JOINING = 0;
    private static final int BLOCKS = SlowConsumer.BLOCK.code();

    private Subscribers() {}

    /// Takes a free entry.
    ///
    /// @return its address
    static long join(Ring ring, SlowConsumer policy) {
        long entry = free(ring);
        if (entry == 0) {
            ring.liveness.sweep();
            entry = free(ring);
        }
        if (entry == 0) {
            throw new RoleHeldException("broadcast '%s': all %d places for consumers are taken; close one of them"
                    .formatted(ring.name, RingLayout.MAX_SUBSCRIBERS), 0, false);
        }
        try {
            Memory.putLongRelease(entry + RingLayout.SUBSCRIBER_CURSOR, ring.tail());
            Memory.putLongRelease(entry + RingLayout.SUBSCRIBER_LOST, 0);
            Memory.putIntVolatile(entry + RingLayout.SUBSCRIBER_POLICY, policy.code());
            ring.parking.heavyFence();
            Memory.putLongRelease(entry + RingLayout.SUBSCRIBER_CURSOR, ring.tail());
        } catch (Throwable failure) {
            leave(entry);
            throw failure;
        }
        return entry;
    }

    private static long free(Ring ring) {
        for (int i = 0; i < RingLayout.MAX_SUBSCRIBERS; i++) {
            long entry = entry(ring, i);
            long owner = entry + RingLayout.SUBSCRIBER_OWNER;
            if (Memory.getIntVolatile(owner) == 0 && Memory.compareAndSetInt(owner, 0, ring.self)) {
                return entry;
            }
        }
        return 0;
    }

    static long entry(Ring ring, int index) {
        return ring.address + RingLayout.SUBSCRIBERS + (long) index * RingLayout.SUBSCRIBER_BYTES;
    }

    /// The smallest cursor of the subscribers that block the producer, or the tail if there is none.
    static long slowest(Ring ring, long tail) {
        long slowest = tail;
        for (int i = 0; i < RingLayout.MAX_SUBSCRIBERS; i++) {
            long entry = entry(ring, i);
            if (Memory.getIntAcquire(entry + RingLayout.SUBSCRIBER_POLICY) == BLOCKS) {
                slowest = Math.min(slowest, Memory.getLongAcquire(entry + RingLayout.SUBSCRIBER_CURSOR));
            }
        }
        return slowest;
    }

    static void leave(long entry) {
        Memory.putIntVolatile(entry + RingLayout.SUBSCRIBER_POLICY, JOINING);
        Memory.putIntVolatile(entry + RingLayout.SUBSCRIBER_OWNER, 0);
    }

    static void recover(Ring ring, int owner) {
        for (int i = 0; i < RingLayout.MAX_SUBSCRIBERS; i++) {
            long entry = entry(ring, i);
            if (Memory.getIntVolatile(entry + RingLayout.SUBSCRIBER_OWNER) == owner) {
                leave(entry);
                CrashPoint.RECOVER_SLOT_DONE.reached();
            }
        }
    }
}
