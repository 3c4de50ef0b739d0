package io.sluice.core.sync;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.StructLayout;

/// Where each field of a lock lives. Native byte order; offsets in bytes from the start of the lock.
///
/// ```
///         0           8        12       16          24              32        40
///      0  +-----------+--------+--------+-----------+---------------+---------+-------- - - -+
///         | word:     | deaths | extra  | heir:     | acquisitions  | victim  | arrivals     |
///         | LockWord  |        | Holds  | LockWord  |               |         |              |
///         | holder,   | reco-  | holder | waiters,  | holder        | reco-   | holder       |
///         | recovery  | very   |        | recovery  |               | very    |              |
///    128  +-----------+--------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | sleepers: EventCount; sleepers and signallers                                    |
///         | entriesUsed, at 132: entries of the list that were ever used; holder             |
///         | signatures, at 136: 15 words of threads that wait long; waiters, recovery        |
///    256  +-----------+--------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | entry 0 of the waiters on conditions | entry 1 | ... to the end of the area      |
///         +----------------------------------------------------------------------------------+
///
///  entry  0               8          12        16
///         +---------------+----------+---------+
///         | word:         | sleeper: |         |     the waiter, signallers, recovery
///         | WaitEntry     | EventCnt |         |
///         +---------------+----------+---------+
/// ```
///
/// The holder's fields stand on the line of the word, which the holder has in its cache anyway. Every unlock reads the
/// sleepers' word, and only a sleeper and its signaller write it, so it has a line pair of its own, which stays shared.
/// Signatures stand there too: only a thread that sleeps for more than a slice writes one, see [LongWaits].
final class LockLayout {
    /// How many signatures there are.
    static final int SIGNATURES = 15;

    static final StructLayout LOCK = structLayout(
            // Who holds the lock: a `LockWord`.
            // Writer: a locker, by compare-and-set from a word without a holder; the holder, by a release store;
            // recovery, by compare-and-set.
            // Death: the word names the dead holder; recovery sets the bit `poisoned`, or frees the lock, by its
            // policy.
            JAVA_LONG.withName("word"),
            // How many holders died.
            // Writer: recovery.
            // Death: one death is not counted, or counted twice.
            JAVA_INT.withName("deaths"),
            // Holds of a reentrant lock beyond the first; means nothing while the lock is free.
            // Writer: the holder; recovery sets 0.
            // Death: recovery sets it to 0 before it changes the word.
            JAVA_INT.withName("extraHolds"),
            // The waiter to which the lock is promised: a `LockWord`, or 0.
            // Writer: a waiter, by compare-and-set from 0 and back; recovery.
            // Death: recovery takes it back.
            JAVA_LONG.withName("heir"),
            // How often the lock was taken.
            // Writer: the holder.
            // Death: one too few.
            JAVA_LONG.withName("acquisitions"),
            // Process id of the last dead holder: a `Victim`.
            // Writer: recovery.
            // Death: the next recovery writes it again.
            JAVA_LONG.withName("victim"),
            // Number of the last wait on a condition of the lock.
            // Writer: the holder.
            // Death: a number that no wait has.
            JAVA_LONG.withName("arrivals"),
            paddingLayout(80),
            // Where waiters for the lock sleep: an `EventCount`.
            // Writer: sleepers and their wakers.
            // Death: recovery wakes all sleepers.
            JAVA_INT.withName("sleepers"),
            // Entries of the list of waiters on conditions that were ever used; it only grows.
            // Writer: the holder.
            // Death: an entry that is free.
            JAVA_INT.withName("entriesUsed"),
            // Words of threads that wait for more than 20 ms, a `LockWord` each, or 0. For display.
            // Writer: a waiter, by compare-and-set from 0 and back; recovery.
            // Death: recovery erases those of the dead owner.
            sequenceLayout(SIGNATURES, JAVA_LONG).withName("signatures"));

    static final StructLayout ENTRY = structLayout(
            // A waiter on a condition: a `WaitEntry`.
            // Writer: the holder of the lock makes and signals it; its waiter frees it; each by compare-and-set.
            // Death: recovery passes an unused signal on, then frees the entry.
            JAVA_LONG.withName("word"),
            // Where the waiter sleeps: an `EventCount`.
            // Writer: the waiter and its wakers.
            // Death: recovery wakes it.
            JAVA_INT.withName("sleeper"),
            paddingLayout(4));

    static final int WORD = field("word");
    static final int DEATHS = field("deaths");
    static final int EXTRA_HOLDS = field("extraHolds");
    static final int HEIR = field("heir");
    static final int ACQUISITIONS = field("acquisitions");
    static final int VICTIM = field("victim");
    static final int ARRIVALS = field("arrivals");
    static final int SLEEPERS = field("sleepers");
    static final int ENTRIES_USED = field("entriesUsed");
    static final int FIRST_SIGNATURE = field("signatures");
    static final int FIRST_ENTRY = (int) LOCK.byteSize();
    static final int ENTRY_BYTES = (int) ENTRY.byteSize();

    static final int ENTRY_WORD = (int) ENTRY.byteOffset(groupElement("word"));
    static final int ENTRY_SLEEPER = (int) ENTRY.byteOffset(groupElement("sleeper"));

    private LockLayout() {}

    private static int field(String name) {
        return (int) LOCK.byteOffset(groupElement(name));
    }

    static long entry(long address, int entry) {
        return address + FIRST_ENTRY + (long) entry * ENTRY_BYTES;
    }

    static long signature(long address, int place) {
        return address + FIRST_SIGNATURE + (long) place * Long.BYTES;
    }
}
