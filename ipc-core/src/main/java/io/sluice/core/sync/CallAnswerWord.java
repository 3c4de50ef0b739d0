package io.sluice.core.sync;

/// The last call of a cell that has ended, and how: `call << 4 | outcome`, the outcome a constant of [CallOutcome].
final class CallAnswerWord {
    private static final int CALL_SHIFT = 4;
    private static final int OUTCOME_MASK = 15;

    private CallAnswerWord() {}

    static long of(long call, int outcome) {
        return call << CALL_SHIFT | outcome;
    }

    static long call(long word) {
        return word >>> CALL_SHIFT;
    }

    static int outcome(long word) {
        return (int) word & OUTCOME_MASK;
    }
}
