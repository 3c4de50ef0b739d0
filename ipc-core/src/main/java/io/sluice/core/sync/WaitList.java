package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;

/// Those who wait on the conditions of one lock: a list of entries in shared memory, one for each waiting thread.
final class WaitList {
    /*
     * Only the holder of the lock makes an entry, marks one as signalled, or frees its own, and recovery does the same
     * for the dead while somebody else may hold the lock; so every change is one compare-and-set on one word:
     *
     *   FREE -> WAITING(arrival, condition, owner) -> SIGNALLED -> FREE
     *                                              \-> FREE                 gave up, or died
     *
     * A signal goes to an entry and not to a counter, so it reaches one who waited when it was given: who comes later
     * cannot steal it, and it is known whether the one who got it lives. A waiter that dies with a signal it had not
     * made use of is seen by recovery, which passes the signal on before it frees the entry; a second cleaner may pass
     * it on once more, and then somebody wakes for nothing, which the contract of a condition allows.
     *
     * Each waiter sleeps on a word of its own, so exactly those who are signalled wake up.
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

    /// Frees the caller's own entry without the lock: a signal that came, or comes meanwhile, is passed on first, so
    /// that a death in between does not take it along.
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

    /// Signals those who have waited longest on a condition.
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

    /// Signals everybody who waits on any condition.
    void signalAll() {
        int used = used();
        for (int entry = 0; entry < used; entry++) {
            long word = word(entry);
            if (WaitEntry.state(word) == WaitEntry.WAITING) {
                mark(entry, word);
            }
        }
    }

    /// Lets everybody who waits look again.
    void wakeAll() {
        int used = used();
        for (int entry = 0; entry < used; entry++) {
            if (word(entry) != WaitEntry.FREE) {
                sleeper(entry).wakeAll();
            }
        }
    }

    /// How many wait on a condition and are not signalled yet.
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

    /// Frees the entries of a dead process, passes on signals that it cannot make use of, and wakes the rest: who
    /// marked them may have died before the call.
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

    private int used() {
        return Math.clamp(Memory.getIntAcquire(address + LockLayout.ENTRIES_USED), 0, capacity);
    }

    private long at(int entry) {
        return address + LockLayout.FIRST_ENTRY + (long) entry * LockLayout.ENTRY_BYTES;
    }

    private long word(int entry) {
        return Memory.getLongAcquire(at(entry));
    }
}
