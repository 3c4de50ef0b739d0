package io.sluice.core.sync;

import io.sluice.core.memory.Memory;
import java.util.Arrays;

/// The signatures of the threads that have waited for a lock for longer than a slice: what an observer sees of them.
final class LongWaits {
    /*
     * A lock does not need to know who waits for it, since each unlock wakes any sleeper. An observer does: without the
     * waiters it cannot tell that two processes wait for each other. So a thread that has waited for a whole slice,
     * while the lock did not change hands, writes its LockWord into a free place before it sleeps on, and erases it
     * when it wakes. A lock that changes hands within 20 ms never gets a signature, and a deadlock always does.
     *
     *   sign     CAS  0 -> me        one of 15 places, beginning at one that the thread's id chooses
     *   erase    CAS  me -> 0
     *   death    leaves a signature; recovery erases all of the dead owner's
     *
     * A waiter that finds no free place goes on without: then an observer sees 15 waiters and says "at least".
     * A signature is for display. No participant acts on one, so a spoiled one misleads an observer and no other.
     */
    static final int NO_PLACE = -1;

    private LongWaits() {}

    /// Signs, before a long sleep.
    ///
    /// @param lock address of the lock
    /// @param me the word that the thread would set
    /// @return its place, for [#erase]; [#NO_PLACE] if all are taken
    static int sign(long lock, long me) {
        int first = (int) Math.floorMod(LockWord.thread(me), (long) LockLayout.SIGNATURES);
        for (int i = 0; i < LockLayout.SIGNATURES; i++) {
            int place = (first + i) % LockLayout.SIGNATURES;
            long at = LockLayout.signature(lock, place);
            if (Memory.getLongOpaque(at) == 0 && Memory.compareAndSetLong(at, 0, me)) {
                return place;
            }
        }
        return NO_PLACE;
    }

    /// Takes a signature back.
    static void erase(long lock, int place, long me) {
        if (place != NO_PLACE) {
            Memory.compareAndSetLong(LockLayout.signature(lock, place), me, 0);
        }
    }

    /// Erases the signatures of a dead process.
    static void recover(long lock, int dead) {
        for (int place = 0; place < LockLayout.SIGNATURES; place++) {
            long at = LockLayout.signature(lock, place);
            long word = Memory.getLongVolatile(at);
            if (LockWord.owner(word) == dead) {
                Memory.compareAndSetLong(at, word, 0);
            }
        }
    }

    /// The signatures that are there; a snapshot.
    ///
    /// @return words of [LockWord], none of them 0
    static long[] read(long lock) {
        long[] words = new long[LockLayout.SIGNATURES];
        int count = 0;
        for (int place = 0; place < words.length; place++) {
            long word = Memory.getLongAcquire(LockLayout.signature(lock, place));
            if (LockWord.owner(word) != 0) {
                words[count++] = word;
            }
        }
        return Arrays.copyOf(words, count);
    }
}
