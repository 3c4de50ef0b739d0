package io.sluice.core.ring;

/// The first word of a slot: what the slot is, in which turn of the ring, for how many slots, and by which owner.
///
/// ```
///    63                          28 27        13 12      3 2     0
///    +-----------------------------+------------+---------+-------+
///    | turn, modulo 2^36           | slots      | owner   | state |    exclusive-or the key of the ring
///    +-----------------------------+------------+---------+-------+
/// ```
///
/// The turn of a position is the number of whole rings before it. Since it is in the word, what is left of an earlier
/// turn never passes for something of this one, and nothing has to be cleared. Since the word is mixed with a key that
/// was drawn when the ring was created, the bytes of a message that happen to lie where a later turn has its word do
/// not pass for one either.
final class SlotWord {
    /// Released by the previous turn, or never used: a producer that comes to it in this turn may claim it.
    static final int FREE = 0;
    /// Being written by its owner.
    static final int CLAIMED = 1;
    /// There to be taken; its owner is its producer.
    static final int COMMITTED = 2;
    /// Nothing to read: given up, or padding up to the end of the ring. Its slots are to be released.
    static final int ABORTED = 3;
    /// Being read by its owner.
    static final int TAKEN = 4;
    /// Read; its slots are being released by its owner.
    static final int DONE = 5;
    /// There to be taken, and taken before; its owner is the one that gave it back.
    static final int RETURNED = 6;

    static final int MAX_SLOTS = (1 << 15) - 1;

    private static final int TURN_SHIFT = 28;
    private static final int TURN_BITS = 64 - TURN_SHIFT;

    private SlotWord() {}

    static long of(long turn, int slots, int owner, int state) {
        return turn << TURN_SHIFT | (long) slots << 13 | (long) owner << 3 | state;
    }

    static long free(long turn) {
        return turn << TURN_SHIFT;
    }

    /// What a producer writes where its record covers what were first slots of records, before the payload: a turn as
    /// far away as can be, and no state. A payload that then overwrites only a part of it does not make a word of it.
    static long covered(long turn) {
        return ((turn << TURN_SHIFT) ^ Long.MIN_VALUE) | 7;
    }

    static int state(long word) {
        return (int) word & 7;
    }

    static int owner(long word) {
        return (int) (word >>> 3) & 1023;
    }

    static int slots(long word) {
        return (int) (word >>> 13) & MAX_SLOTS;
    }

    /// How many turns the word is ahead of a turn; negative if behind. The turns of one ring are never 2^35 apart.
    static long turnsAhead(long word, long turn) {
        return ((word >>> TURN_SHIFT) - turn) << TURN_SHIFT >> TURN_SHIFT;
    }

    /// Whether the word is of this turn and this state, whatever its slots and its owner.
    static boolean is(long word, long turn, int state) {
        return (word >>> TURN_SHIFT) == (turn & (1L << TURN_BITS) - 1) && state(word) == state;
    }
}
