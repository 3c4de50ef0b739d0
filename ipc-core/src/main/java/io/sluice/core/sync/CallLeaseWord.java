package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// The last call of a cell that has a holder, and the holder: `call << 10 | owner`.
///
/// A request carries the same two: the number of its call, and its client as the owner.
final class CallLeaseWord {
    private static final int CALL_SHIFT = 10;

    private CallLeaseWord() {}

    static long of(long call, int owner) {
        return call << CALL_SHIFT | owner;
    }

    static long call(long word) {
        return word >>> CALL_SHIFT;
    }

    static int owner(long word) {
        return (int) word & Liveness.MAX_OWNER;
    }
}
