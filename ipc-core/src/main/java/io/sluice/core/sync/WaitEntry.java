package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// The 64 bits of one entry in the list of the waiters on the conditions of a lock.
///
/// ```
///    63    62 61        16 15       10 9      0
///    +-------+------------+-----------+--------+
///    | state | arrival    | condition | owner  |      0: the entry is free
///    +-------+------------+-----------+--------+
/// ```
///
/// The arrival number grows with each wait on any condition of the lock, so the smallest one has waited longest.
final class WaitEntry {
    static final long FREE = 0;
    static final int WAITING = 1;
    static final int SIGNALLED = 2;
    static final int CONDITIONS = 16;

    private static final int CONDITION_SHIFT = 10;
    private static final int ARRIVAL_SHIFT = 16;
    private static final int STATE_SHIFT = 62;
    private static final long ARRIVAL_MASK = (1L << (STATE_SHIFT - ARRIVAL_SHIFT)) - 1;

    private WaitEntry() {}

    static long waiting(int owner, int condition, long arrival) {
        return (long) WAITING << STATE_SHIFT
                | (arrival & ARRIVAL_MASK) << ARRIVAL_SHIFT | (long) condition << CONDITION_SHIFT | owner;
    }

    static long signalled(long waiting) {
        return waiting ^ (long) (WAITING ^ SIGNALLED) << STATE_SHIFT;
    }

    static int state(long word) {
        return (int) (word >>> STATE_SHIFT);
    }

    static int owner(long word) {
        return (int) (word & Liveness.MAX_OWNER);
    }

    static int condition(long word) {
        return (int) (word >>> CONDITION_SHIFT) & (1 << (ARRIVAL_SHIFT - CONDITION_SHIFT)) - 1;
    }

    static long arrival(long word) {
        return word >>> ARRIVAL_SHIFT & ARRIVAL_MASK;
    }
}
