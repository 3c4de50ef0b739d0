package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// The word of a semaphore that names the last move that took effect. Changed by compare-and-set, which is the move.
///
/// ```
///    63             10 9      0
///    +----------------+--------+
///    | number         | owner  |      owner 0: no process has moved a permit yet
///    +----------------+--------+
/// ```
///
/// The number counts the moves of the owner's slot and only grows, so no word ever returns; see [Ledger].
final class LastMoveWord {
    private static final int NUMBER_SHIFT = 10;

    private LastMoveWord() {}

    static long of(int owner, long number) {
        return number << NUMBER_SHIFT | owner;
    }

    static int owner(long word) {
        return (int) (word & Liveness.MAX_OWNER);
    }

    static long number(long word) {
        return word >>> NUMBER_SHIFT;
    }
}
