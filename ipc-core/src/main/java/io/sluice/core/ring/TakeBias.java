package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;

/// The bias of the consumers of a ring for many. What its holder has taken is still COMMITTED while it works on it.
final class TakeBias extends Bias {
    /// Position of the message that the holder works on; the holder writes it.
    private long working = Ring.NONE;

    TakeBias(Ring ring) {
        super(ring, RingLayout.TAKE_BIAS);
    }

    /// As [#enter()], for a thread that begins with a message. If it works on another one, without a mark in its word,
    /// it marks that one, and shares.
    boolean enterToTake() {
        if (!enter()) {
            return false;
        }
        if (working == Ring.NONE) {
            return true;
        }
        share();
        working = Ring.NONE;
        return false;
    }

    /// The holder works on the message at which it stands.
    void begin(long position) {
        working = position;
    }

    /// A message has ended, in either way.
    void end(long position) {
        if (working == position) {
            working = Ring.NONE;
        }
    }

    /// Whether the holder works on the message, and its word does not say so.
    boolean isWorkingOn(long position) {
        return working == position && isPending(position);
    }

    @Override
    void leave() {
        if (working == Ring.NONE) {          // otherwise this is a close within its handler
            super.leave();
        }
    }

    @Override
    boolean isPending(long position) {
        return ring.seen(position, ring.word(position)) == SlotWord.COMMITTED;
    }

    @Override
    void mark(long position, int owner) {
        boolean _ = exchange(position, owner, SlotWord.TAKEN);
    }

    @Override
    void undo(long position) {
        if (exchange(position, ring.self, SlotWord.RETURNED)) {     // recovery counts it when it meets the word
            Memory.getAndAddLong(ring.address + RingLayout.GIVEN_BACK_COUNT, 1);
            CrashPoint.RECOVER_SLOT_DONE.reached();
        }
    }

    private boolean exchange(long position, int owner, int state) {
        long word = ring.word(position);
        return ring.seen(position, word) == SlotWord.COMMITTED && ring.compareAndSetWord(position, word,
                SlotWord.of(ring.turn(position), SlotWord.slots(word), owner, state));
    }
}
