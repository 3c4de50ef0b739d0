package io.sluice.core.sync;

/// The word of an account in a semaphore that says how many permits its owner holds. Written by the owner, and after
/// its death by its cleaner.
///
/// ```
///    63            32 31            0
///    +---------------+---------------+
///    | now           | then          |      equal: no move of this owner is under way
///    +---------------+---------------+
/// ```
///
/// `now` holds if the latest move has not taken effect, `then` if it has; see [Ledger].
final class HeldWord {
    private HeldWord() {}

    static long of(int now, int then) {
        return (long) now << Integer.SIZE | (then & 0xFFFF_FFFFL);
    }

    static int now(long word) {
        return (int) (word >>> Integer.SIZE);
    }

    static int then(long word) {
        return (int) word;
    }
}
