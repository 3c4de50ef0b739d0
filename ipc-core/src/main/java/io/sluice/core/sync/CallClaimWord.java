package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// Whose a cell is.
///
/// ```
///    63                                                 12 11         2 1    0
///    +----------------------------------------------------+------------+------+
///    | call that was left while it was being answered      | client     | state|
///    +----------------------------------------------------+------------+------+
/// ```
final class CallClaimWord {
    /// No call is open in the cell; the word is 0.
    static final int FREE = 0;
    /// A call of the client is open, or about to be.
    static final int CLAIMED = 1;
    /// The client has left; the cell is free once the call is answered.
    static final int ABANDONED = 2;

    private static final int OWNER_SHIFT = 2;
    private static final int CALL_SHIFT = 12;

    private CallClaimWord() {}

    /// The word of a new client, which keeps the abandoned call of the word before.
    static long claimed(long before, int client) {
        return call(before) << CALL_SHIFT | (long) client << OWNER_SHIFT | CLAIMED;
    }

    static boolean isClaimedBy(long word, int client) {
        return state(word) == CLAIMED && client(word) == client;
    }

    static int client(long word) {
        return (int) (word >>> OWNER_SHIFT) & Liveness.MAX_OWNER;
    }

    static long abandoned(long call) {
        return call << CALL_SHIFT | ABANDONED;
    }

    static int state(long word) {
        return (int) word & 3;
    }

    static long call(long word) {
        return word >>> CALL_SHIFT;
    }
}
