package io.sluice.core.ring;

/// The bias of the producers of a ring for many. It serves messages of one slot; longer ones are claimed by an exchange.
final class ClaimBias extends Bias {
    ClaimBias(Ring ring) {
        super(ring, RingLayout.CLAIM_BIAS);
    }

    @Override
    boolean isPending(long position) {
        return ring.seen(position, ring.word(position)) == SlotWord.FREE;
    }

    @Override
    void mark(long position, int owner) {
        long word = ring.word(position);
        if (ring.seen(position, word) == SlotWord.FREE) {
            ring.compareAndSetWord(position, word, SlotWord.of(ring.turn(position), 1, owner, SlotWord.CLAIMED));
        }
    }

    @Override
    void undo(long position) {
        // The word is FREE, or was claimed by a store, which recovery meets among the words of the dead owner.
    }
}
