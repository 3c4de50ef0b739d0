package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;

/// The waiters on the conditions of one lock: a list of entries in shared memory, one for each waiting thread.
final class WaitList {
    /*
     * Only the holder of the lock makes an entry, marks one as signalled, or frees its own. Recovery does the same for
     * dead waiters while another thread may hold the lock. So every change is one compare-and-set on one word:
     *
     *   FREE -> WAITING(arrival, condition, owner) -> SIGNALLED -> FREE
     *                                              \-> FREE                 gave up, or died
     *
     * A signal goes to an entry and not to a counter, so it reaches a thread that waited when it was given: a later
     * waiter cannot steal it, and it is known whether its receiver is alive. Recovery finds a waiter that died with an
     * unused signal, and passes the signal on before it frees the entry. A second cleaner may pass it on once more, and
     * then a waiter wakes for no reason, which the contract of a condition allows.
     *
     * Each waiter sleeps on a word of its own, so exactly the signalled waiters wake up.
     */
    private final long address;
    private final int capacity;
    private final Parking parking;

    WaitList(long lock, long bytes, Parking parking) {
        this.address = lock;
        this.capacity = (int) ((bytes - LockLayout.FIRST_ENTRY) / LockLayout.ENTRY_BYTES);
        this.parking = parking;
    }

    int capacity() {
        return capacity;
    }

    /// Makes an entry; the caller holds the lock.
    ///
    /// @return its number, or -1 if all are taken
    int enter(int owner, int condition) {
        long arrivals = address + LockLayout.ARRIVALS;
        long arrival = Memory.getLongOpaque(arrivals) + 1;
        Memory.putLongOpaque(arrivals, arrival);
        for (int entry = 0; entry < capacity; entry++) {
            if (word(entry) == WaitEntry.FREE) {
                if (entry >= used()) {
                    Memory.putIntRelease(address + LockLayout.ENTRIES_USED, entry + 1);
                }
                Memory.putLongVolatile(at(entry), WaitEntry.waiting(owner, condition, arrival));
                return entry;
            }
        }
        return -1;
    }

    boolean isSignalled(int entry) {
        return WaitEntry.state(word(entry)) == WaitEntry.SIGNALLED;
    }

    /// Frees the caller's own entry.
    ///
    /// @return whether it was signalled
    boolean leave(int entry) {
        long word = word(entry);
        while (word != WaitEntry.FREE && !Memory.compareAndSetLong(at(entry), word, WaitEntry.FREE)) {
            word = word(entry);
        }
        return WaitEntry.state(word) == WaitEntry.SIGNALLED;
    }

    /// Frees the caller's own entry without the lock. A signal that came, or comes meanwhile, is passed on first, so a
    /// death in between does not lose it.
    void abandon(int entry) {
        for (;;) {
            long word = word(entry);
            if (WaitEntry.state(word) == WaitEntry.SIGNALLED) {
                signalOldest(WaitEntry.condition(word));
            }
            if (Memory.compareAndSetLong(at(entry), word, WaitEntry.FREE)) {
                return;
            }
        }
    }

    EventCount sleeper(int entry) {
        return new EventCount(at(entry) + LockLayout.ENTRY_SLEEPER, parking);
    }

    /// Signals the waiters that have waited longest on a condition.
    ///
    /// @return how many, up to `most`
    int signal(int condition, int most) {
        int signalled = 0;
        while (signalled < most && signalOldest(condition)) {
            signalled++;
        }
        return signalled;
    }

    private boolean signalOldest(int condition) {
        for (;;) {
            int oldest = -1;
            long oldestWord = 0;
            int used = used();
            for (int entry = 0; entry < used; entry++) {
                long word = word(entry);
                if (WaitEntry.state(word) == WaitEntry.WAITING && WaitEntry.condition(word) == condition
                        && (oldest < 0 || WaitEntry.arrival(word) < WaitEntry.arrival(oldestWord))) {
                    oldest = entry;
                    oldestWord = word;
                }
            }
            if (oldest < 0) {
                return false;
            }
            if (mark(oldest, oldestWord)) {
                return true;
            }
        }
    }

    private boolean mark(int entry, long waiting) {
        if (!Memory.compareAndSetLong(at(entry), waiting, WaitEntry.signalled(waiting))) {
            return false;
        }
        CrashPoint.CONDITION_SIGNALLED.reached();
        sleeper(entry).signal();
        return true;
    }

    /// Signals all waiters on all conditions.
    void signalAll() {
        int used = used();
        for (int entry = 0; entry < used; entry++) {
            long word = word(entry);
            if (WaitEntry.state(word) == WaitEntry.WAITING) {
                mark(entry, word);
            }
        }
    }

    /// Wakes all waiters, so that each looks again.
    void wakeAll() {
        int used = used();
        for (int entry = 0; entry < used; entry++) {
            if (word(entry) != WaitEntry.FREE) {
                sleeper(entry).wakeAll();
            }
        }
    }

    /// How many threads wait on a condition and are not signalled yet.
    int waiting(int condition) {
        int count = 0;
        int used = used();
        for (int entry = 0; entry < used; entry++) {
            long word = word(entry);
            if (WaitEntry.state(word) == WaitEntry.WAITING && WaitEntry.condition(word) == condition) {
                count++;
            }
        }
        return count;
    }

    /// Frees the entries of a dead process, passes its unused signals on, and wakes the rest: the process that marked
    /// them may have died before its call.
    void recover(int dead) {
        int used = used();
        for (int entry = 0; entry < used; entry++) {
            long word = word(entry);
            if (word != WaitEntry.FREE && WaitEntry.owner(word) == dead) {
                abandon(entry);
            }
        }
        wakeAll();
    }

    int used() {
        return Math.clamp(Memory.getIntAcquire(address + LockLayout.ENTRIES_USED), 0, capacity);
    }

    private long at(int entry) {
        return LockLayout.entry(address, entry);
    }

    long word(int entry) {
        return Memory.getLongAcquire(at(entry));
    }
}
