package io.sluice.core.idle;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;

/// A 32-bit word of shared memory on which waiters sleep, so that whoever changes what they wait for pays one read
/// while nobody sleeps. The idea is the eventcount (D. P. Reed, R. K. Kanodia, *Synchronization with Eventcounts and
/// Sequencers*, CACM 1979), in the form that D. Vyukov gave it for lock-free queues.
public final class EventCount {
    /*
     *   bit 0      somebody may sleep          set by waiters, cleared by the signaller
     *   bits 1-31  how often sleepers were called, modulo 2^31
     *
     * A waiter sets bit 0, remembers the word, fences, looks at its condition once more, and sleeps only while the
     * word is the one it remembers. A signaller changes the condition, then looks at the word: even, nobody sleeps;
     * odd, it adds one, which clears the bit and moves the count in one step, and wakes everybody.
     *
     * Lost wake-up? The waiter stores the bit and then reads the condition; the signaller stores the condition and
     * then reads the bit. One of the two must see the other's store if both have a full fence between store and read.
     * The waiter's is `Parking.heavyFence`, which stands for the signaller's as well; so the signaller, who does this
     * once per message, needs none. If the signaller calls between the waiter's look and its sleep, the word has
     * moved, and the kernel refuses to sleep on the old value, even if another waiter has set the bit again.
     *
     * Death: a waiter that dies leaves at most the bit, which costs the next signaller one call and is gone. A
     * signaller that dies before it looked, or between its addition and its call, leaves the others asleep until
     * their slice ends (see Waiter). Waking all and not one means that no killed waiter can swallow a wake-up.
     */
    private static final int SOMEBODY_SLEEPS = 1;

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

    /// Wakes whoever sleeps; to be called after each change of what they may wait for. Any thread; never blocks; no
    /// system call while nobody sleeps.
    public void signal() {
        parking.fence();
        int word = Memory.getIntAcquire(address);
        if ((word & SOMEBODY_SLEEPS) != 0) {
            wake(word);
        }
    }

    /// Whether somebody announced that he will sleep and was not called since.
    ///
    /// @return true if the next [#signal()] makes a system call
    public boolean isAwaited() {
        parking.fence();
        return (Memory.getIntAcquire(address) & SOMEBODY_SLEEPS) != 0;
    }

    /// Wakes one of those who sleep, where any of them will do: what changed can be had by one. Whoever gives up waiting
    /// passes the call on.
    ///
    /// The bit stays set while sleepers are left, so that the next call wakes the next one. It is cleared by the call
    /// that found nobody, and since somebody may have lain down on the word just before it was cleared, that call wakes
    /// everybody who did.
    public void signalOne() {
        parking.fence();
        int word = Memory.getIntAcquire(address);
        if ((word & SOMEBODY_SLEEPS) != 0) {
            wakeOne(word);
        }
    }

    /// Wakes whoever sleeps, announced or not: for those who clean up after a process that may have died between the
    /// step that clears the mark and its call. Costs a system call in any case.
    public void wakeAll() {
        int word = Memory.getIntVolatile(address);
        while ((word & SOMEBODY_SLEEPS) != 0 && !Memory.compareAndSetInt(address, word, word + 1)) {
            word = Memory.getIntVolatile(address);
        }
        parking.unpark(address);
    }

    private void wakeOne(int word) {
        int next = word + SOMEBODY_SLEEPS + 1;   // the count moves, the bit stays
        if (Memory.compareAndSetInt(address, word, next)
                && !parking.unparkOne(address)
                && Memory.compareAndSetInt(address, next, next + 1)) {
            parking.unpark(address);
        }
        // Where an exchange fails, somebody else has moved the odd word on, and wakes.
    }

    private void wake(int seen) {
        // Where the exchange fails, somebody else has moved the odd word on: to an even one, and then he wakes
        // everybody, or to an odd one, and then he wakes only one.
        for (int word = seen; (word & SOMEBODY_SLEEPS) != 0; word = Memory.getIntVolatile(address)) {
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
            if ((word & SOMEBODY_SLEEPS) != 0
                    || Memory.compareAndSetInt(address, word, word | SOMEBODY_SLEEPS)) {
                CrashPoint.WAIT_ANNOUNCED.reached();
                parking.heavyFence();
                return word | SOMEBODY_SLEEPS;
            }
        }
    }

    /// Sleeps until called, at most `nanos`, or not at all if somebody called since [#announce()].
    void sleep(int announced, long nanos) {
        parking.park(address, announced, nanos);
    }
}
