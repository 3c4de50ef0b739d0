package io.sluice.core.sync;

/// The 64 bits that say which generation of a barrier goes on, and how many parties have arrived in it. Changed by
/// compare-and-set.
///
/// ```
///    63               17 16        1   0
///    +-------------------+-----------+--------+
///    | generation        | arrivals  | broken |
///    +-------------------+-----------+--------+
/// ```
final class RendezvousWord {
    static final long FIRST_GENERATION = 1;
    static final int MAX_PARTIES = (1 << 16) - 1;

    private static final long BROKEN = 1;
    private static final int ARRIVALS_SHIFT = 1;
    private static final int GENERATION_SHIFT = 17;

    private RendezvousWord() {}

    /// A generation in which no party has arrived.
    static long of(long generation, boolean broken) {
        return generation << GENERATION_SHIFT | (broken ? BROKEN : 0);
    }

    static long withArrival(long word) {
        return word + (1L << ARRIVALS_SHIFT);
    }

    static long repaired(long word) {
        return word & ~BROKEN;
    }

    static long generation(long word) {
        return word >>> GENERATION_SHIFT;
    }

    static int arrivals(long word) {
        return (int) (word >>> ARRIVALS_SHIFT) & MAX_PARTIES;
    }

    static boolean isBroken(long word) {
        return (word & BROKEN) != 0;
    }
}
