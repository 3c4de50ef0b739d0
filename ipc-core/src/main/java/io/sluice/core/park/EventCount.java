package io.sluice.core.park;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;

/// A 32-bit word of shared memory on which waiters sleep. A signaller, the thread that changes what they wait for, pays
/// one read while no waiter sleeps. The idea is the eventcount (D. P. Reed, R. K. Kanodia, *Synchronization with
/// Eventcounts and Sequencers*, CACM 1979), in the form that D. Vyukov gave it for lock-free queues.
public final class EventCount {
    /*
     *   bit 0      a waiter may sleep          set by waiters, cleared by the signaller
     *   bits 1-31  how many calls woke sleepers, modulo 2^31
     *
     * A waiter sets bit 0, remembers the word, fences, looks at its condition once more, and sleeps only while the
     * word is the one it remembers. A signaller changes the condition, then looks at the word: even, no waiter sleeps;
     * odd, it adds one, which clears the bit and moves the count in one step, and wakes all.
     *
     * Lost wake-up? The waiter stores the bit and then reads the condition; the signaller stores the condition and
     * then reads the bit. One of the two must see the other's store if both have a full fence between store and read.
     * The waiter's is `Parking.heavyFence`, which stands for the signaller's as well; so the signaller, which does this
     * once per message, needs none. If the signaller calls between the waiter's look and its sleep, the word has
     * moved, and the kernel refuses to sleep on the old value, even if another waiter has set the bit again.
     *
     * One fence for each announcement. A waiter that wakes and finds the word as it announced it sleeps again without
     * a second fence. The bit was set before the fence and has been set since. So a signaller that reads the word after
     * the fence sees the bit; one that read the word before had stored its condition before the fence, so every later
     * look of this waiter sees that store. An announcement by another waiter does not suffice: that waiter may not have
     * reached its fence yet. (The word could be the same after 2^31 calls within one slice of sleep: not in a second.)
     *
     * Death: a waiter that dies leaves at most the bit, which costs the next signaller one call and is then cleared. A
     * signaller that dies before it looked, or between its addition and its call, took part in the object; so recovery
     * follows, and ends with `wakeAll`. If the only woken waiter dies, its call is lost with it; recovery wakes the
     * others too. Where a signaller or a woken waiter is only stopped, there is no recovery: see `callAgain`, and the
     * essay of Waiter.
     */
    private static final int MAY_SLEEP = 1;

    private final long address;
    private final Parking parking;

    /// An event count at a place in shared memory, whose word is zero when the object is created.
    ///
    /// @param address absolute address of the word, aligned to 4
    /// @param parking how to sleep and to wake
    public EventCount(long address, Parking parking) {
        this.address = address;
        this.parking = parking;
    }

    /// Wakes all sleepers; to be called after each change of what they may wait for. Any thread; never blocks; no
    /// system call while none sleeps.
    public void signal() {
        parking.fence();
        signalFenced();
    }

    /// As [#signal()], for a caller that has made the fence itself.
    public void signalFenced() {
        int word = Memory.getInt(address);   // plain: the fence orders it
        if ((word & MAY_SLEEP) != 0) {
            wake(word);
        }
    }

    /// Whether a waiter is registered and not yet signalled.
    ///
    /// @return true if the next [#signal()] makes a system call
    public boolean isAwaited() {
        parking.fence();
        return (Memory.getIntAcquire(address) & MAY_SLEEP) != 0;
    }

    /// Wakes one sleeper, any of them: only one can use the change. A waiter that gives up passes the call on.
    ///
    /// The bit stays set while sleepers are left, so the next call wakes the next one. The call that finds no sleeper
    /// clears it; since a waiter may have started sleeping on the word just before, that call wakes all.
    public void signalOne() {
        parking.fence();
        int word = Memory.getIntAcquire(address);
        if ((word & MAY_SLEEP) != 0) {
            wakeOne(word);
        }
    }

    /// Wakes all sleepers, announced or not: for cleaners of a process that may have died between the step that clears
    /// the bit and its call. Always makes a system call.
    public void wakeAll() {
        int word = Memory.getIntVolatile(address);
        while ((word & MAY_SLEEP) != 0 && !Memory.compareAndSetInt(address, word, word + 1)) {
            word = Memory.getIntVolatile(address);
        }
        parking.unpark(address);
    }

    private void wakeOne(int word) {
        int next = word + MAY_SLEEP + 1;   // the count moves, the bit stays
        if (Memory.compareAndSetInt(address, word, next)
                && !parking.unparkOne(address)
                && Memory.compareAndSetInt(address, next, next + 1)) {
            parking.unpark(address);
        }
        // If a compare-and-set fails, another signaller has moved the odd word on, and wakes.
    }

    private void wake(int seen) {
        // If the compare-and-set fails, another signaller has moved the odd word on: to an even word, and then it wakes
        // all, or to an odd one, and then it wakes only one.
        for (int word = seen; (word & MAY_SLEEP) != 0; word = Memory.getIntVolatile(address)) {
            if (Memory.compareAndSetInt(address, word, word + 1)) {
                parking.unpark(address);
                return;
            }
        }
    }

    /// Announces that the caller will sleep, with the fence that the proof needs. The caller looks at its condition
    /// once more, and then calls [#sleep].
    ///
    /// @return the word to sleep on
    int announce() {
        for (;;) {
            int word = Memory.getIntVolatile(address);
            if ((word & MAY_SLEEP) != 0
                    || Memory.compareAndSetInt(address, word, word | MAY_SLEEP)) {
                CrashPoint.WAIT_ANNOUNCED.reached();
                parking.heavyFence();
                return word | MAY_SLEEP;
            }
        }
    }

    /// Announces as [#announce()] does, but without a second fence while the caller's own announcement still stands.
    ///
    /// @param before the word of the caller's last announcement in the same wait, or 0 if there was none
    /// @return the word to sleep on
    int announceAgain(int before) {
        boolean stands = (before & MAY_SLEEP) != 0 && Memory.getIntVolatile(address) == before;
        return stands ? before : announce();
    }

    /// Sleeps until called, at most `nanos`, or not at all if a signaller called since [#announce()].
    void sleep(int announced, long nanos) {
        parking.park(address, announced, nanos);
    }

    // For the sweeper, on behalf of a sleeper of this process.

    /// Wakes all sleepers so that one of them looks again. The word does not move.
    void callAll() {
        parking.unpark(address);
    }

    /// Repeats a call that moved the word, for a sleeper that it did not wake: its signaller was stopped before its
    /// system call, or it woke only one sleeper, which is stopped. An even word says that all were called. An odd word
    /// may come from `signalOne`, and then one sleeper is enough; the next look of the sweeper calls the next one.
    /// Makes a system call.
    ///
    /// @param word the word, as read a moment ago
    void callAgain(int word) {
        if ((word & MAY_SLEEP) == 0) {
            parking.unpark(address);
        } else {
            parking.unparkOne(address);
        }
    }

    /// The word. Read it for a sleeper only while that is registered: afterwards its memory may be unmapped.
    int word() {
        return Memory.getIntVolatile(address);
    }

    long address() {
        return address;
    }
}
