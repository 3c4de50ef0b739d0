package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// The word of a value cell: the version of the current value, and the process that writes the next one.
///
/// ```
///    63             10 9        0
///    +----------------+----------+
///    | version        | writer   |      writer 0: the cell is not claimed
///    +----------------+----------+
/// ```
final class CellWord {
    private static final int VERSION_SHIFT = 10;

    private CellWord() {}

    static long unclaimed(long version) {
        return version << VERSION_SHIFT;
    }

    /// The claim of a writer on an unclaimed cell.
    static long claimed(long unclaimed, int writer) {
        return unclaimed | writer;
    }

    /// The word of before the claim.
    static long withoutClaim(long word) {
        return word & ~(long) Liveness.MAX_OWNER;
    }

    static long version(long word) {
        return word >>> VERSION_SHIFT;
    }

    static int writer(long word) {
        return (int) (word & Liveness.MAX_OWNER);
    }
}
