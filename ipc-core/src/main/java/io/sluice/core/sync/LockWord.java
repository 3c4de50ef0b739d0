package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// The 64 bits that name the holder of a lock.
///
/// ```
///    63         62         61        60         59             10 9      0
///    +----------+----------+---------+----------+----------------+--------+
///    | poisoned | promised | passing | arriving | thread         | owner  |      0: free
///    +----------+----------+---------+----------+----------------+--------+
/// ```
///
/// Owner and thread stand in one word, so taking the lock is one compare-and-set and there is no half-held state.
///
/// - *owner, not poisoned*: held by that thread of that process. *Passing*: the thread is about to become a reader;
///   *arriving*: a writer that waits for readers. A death in either poisons nothing, since nothing was written.
/// - *no owner*: free; *promised*: for the heir, see [Mutex].
/// - *owner, poisoned*: free, and the named thread's process died while it held the lock.
///
/// A thread's id is never used again in its process, and an owner's slot is reused only after this word was cleaned; so
/// equal words mean the same holder, and there is no ABA.
final class LockWord {
    static final long FREE = 0;
    static final long POISONED = 1L << 63;
    static final long PROMISED = 1L << 62;
    static final long PASSING = 1L << 61;
    static final long ARRIVING = 1L << 60;

    private static final int THREAD_SHIFT = 10;
    private static final long THREAD_MASK = (1L << 50) - 1;

    private LockWord() {}

    static long of(int owner, long thread) {
        return (thread & THREAD_MASK) << THREAD_SHIFT | owner;
    }

    static int owner(long word) {
        return (int) (word & Liveness.MAX_OWNER);
    }

    static long thread(long word) {
        return word >>> THREAD_SHIFT & THREAD_MASK;
    }

    static long holding(long word) {
        return word & ~(PASSING | ARRIVING);
    }

    static boolean isHolding(long word) {
        return word == holding(word);
    }

    static boolean isPoisoned(long word) {
        return word < 0;
    }

    /// Whether no thread writes, is about to write, or died while writing.
    static boolean isOpenForReaders(long word) {
        return word >= 0 && (owner(word) == 0 || (word & PASSING) != 0);
    }

    static boolean isHeld(long word) {
        return word > 0 && owner(word) != 0;
    }

    static boolean isHeldBy(long word, int owner) {
        return word > 0 && owner(word) == owner;
    }
}
