package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// The 64 bits that say how a generation of a barrier ended. Written once for each generation, by compare-and-set over
/// the end of an earlier one.
///
/// ```
///    63               14 13        4   3       0
///    +-------------------+-----------+-----------+
///    | generation        | owner     | outcome   |
///    +-------------------+-----------+-----------+
/// ```
///
/// The owner is the process that ended the generation; after a death, the dead owner.
final class GenerationEnd {
    private static final int OWNER_SHIFT = 4;
    private static final int GENERATION_SHIFT = 14;
    private static final int OUTCOME_MASK = (1 << OWNER_SHIFT) - 1;

    /// How a generation can end, and the number for it in shared memory.
    enum Outcome {
        NONE(0, "is going on"),
        TRIPPED(1, "tripped"),
        TIMED_OUT(2, "a party timed out"),
        INTERRUPTED(3, "a party was interrupted"),
        RESET(4, "it was reset"),
        DIED(5, "a party died"),
        LEFT(6, "a party closed its handle"),
        FAILED(7, "the action failed"),
        UNABLE(8, "a party was unable to wait"),
        DAMAGED(9, "its memory was damaged"),
        ABORTED(10, "a party aborted it");

        private static final Outcome[] ALL = values();

        final int code;
        final String text;

        Outcome(int code, String text) {
            this.code = code;
            this.text = text;
        }

        /// Whether the next generation is broken.
        boolean breaks() {
            return this != NONE && this != TRIPPED && this != RESET;
        }
    }

    private GenerationEnd() {}

    static long of(long generation, int owner, Outcome outcome) {
        return generation << GENERATION_SHIFT | (long) owner << OWNER_SHIFT | outcome.code;
    }

    static long generation(long end) {
        return end >>> GENERATION_SHIFT;
    }

    static int owner(long end) {
        return (int) (end >>> OWNER_SHIFT) & Liveness.MAX_OWNER;
    }

    static Outcome outcome(long end) {
        int code = (int) end & OUTCOME_MASK;
        return code < Outcome.ALL.length ? Outcome.ALL[code] : Outcome.DAMAGED;
    }
}
