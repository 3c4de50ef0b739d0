package io.sluice.core.sync;

/// The word of an account in a semaphore that names the owner's latest move.
///
/// ```
///    63                              1   0
///    +---------------------------------+-------+
///    | number                          | known |      known: the move is known to have taken effect
///    +---------------------------------+-------+
/// ```
///
/// The owner writes a new number, not known. The process that makes the next move, of any owner, sets the bit first;
/// see [Ledger].
final class MoveWord {
    private static final long KNOWN = 1;

    private MoveWord() {}

    static long begun(long number) {
        return number << 1;
    }

    static long known(long number) {
        return number << 1 | KNOWN;
    }

    static long number(long word) {
        return word >>> 1;
    }

    static boolean isKnown(long word) {
        return (word & KNOWN) != 0;
    }
}
