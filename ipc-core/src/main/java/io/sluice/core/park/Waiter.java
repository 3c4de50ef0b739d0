package io.sluice.core.park;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.FlightRecording;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.WaitCounters;
import java.util.function.BooleanSupplier;
import jdk.jfr.Event;

/// The loop of every wait in the project: look, spin, yield, announce, sleep a slice, look again.
///
/// - **Threads:** any number, platform and virtual.
/// - **Interrupts:** noticed at once by a spinning waiter, within some 20 ms by a sleeping one.
/// - **Deadlines:** on the monotonic clock of [System#nanoTime()].
/// - **Deaths:** every 20 ms the owners attached to the object are checked, and a dead one's holds are given back.
/// - **Allocation:** none in the first 20 ms of a wait; some hundred bytes, once, in a longer one.
/// - **Cost:** a sleeping thread wakes once a second; one thread of the process watches for all sleepers.
public final class Waiter {
    /*
     * What ends a sleep, and when:
     *
     *   a signal                                                 at once
     *   the deadline                                             at its time
     *   an interrupt                                             at the next check of the sweeper; a virtual
     *                                                            thread's own park ends at once
     *   a death that left something, also a signaller's death    at the next check of the sweeper: recovery wakes all
     *   a signaller stopped between the word and its call,       at the second check of the sweeper: the word moved,
     *   or a woken waiter that is stopped                        and the sleeper sleeps on
     *   a signaller stopped between its change and the word      within LONG_SLICE_NANOS: no word shows it
     *
     * For the last line a sleep is never unbounded, and each waiter looks at its condition itself when its slice ends.
     *
     * During the first SLICE_NANOS of a wait, the waiter does everything itself: most waits are over by then, and need
     * no registration. A longer wait registers with the sweeper and sleeps LONG_SLICE_NANOS at a time. It goes back to
     * short slices, and sweeps on its own, while the sweeper does not watch for it: no thread could be started, the
     * sweeper is late, or the object's sweep throws. So the sweeper makes waits cheap, and no wait depends on it.
     *
     * Two processes that answer each other could sleep at each message for good: a wake-up takes longer than the spins
     * of the other one, which sleeps by then, and is woken as late. So a waiter is patient after a wait that has ended
     * shortly after it fell asleep: the next one yields for PATIENCE_NANOS first, which is longer than two wake-ups.
     * Either side leaves the rhythm by that. A longer wait ends the patience: a waiter on whom little happens sleeps at
     * once. It yields, so that the other side can have its core; only a virtual thread spins, since another carrier
     * would take it at each yield. The rule is that of the halt polling of KVM
     * (Documentation/virt/kvm/halt-polling.rst of Linux), with two values instead of growth.
     *
     * A wait that outlasts the first spins is counted in the object, see WaitCounters, where it begins. Its time is
     * added after each sleep, so an observer sees a wait that lasts; no word is touched before.
     */
    /// No deadline.
    public static final long FOREVER = Long.MAX_VALUE;

    /// What [#awaitRound] adds if the condition was met.
    public static final int MET = 1;

    /// What [#awaitRound] adds if the wait outlasted its first short spin.
    public static final int OUTLASTED = 2;

    /// Period of the checks for deaths and interrupts, in nanoseconds; a wake-up does not wait for it. Short enough
    /// that a killed process's holds are free some 25 ms after its death.
    public static final long SLICE_NANOS = 20_000_000;

    /// The longest single sleep of a waiter that the sweeper watches for.
    static final long LONG_SLICE_NANOS = 1_000_000_000;

    private static final int SPINS_PER_CLOCK_READ = 64;
    private static final int SPINS_PER_YIELD = 16 * SPINS_PER_CLOCK_READ;
    private static final long VIRTUAL_SPIN_NANOS = 1_000_000;
    private static final long PATIENCE_NANOS = 200_000;

    private final EventCount events;
    private final Liveness liveness;
    private final WaitStrategy strategy;
    private final Wait what;
    /// Where waits are counted; 0 if nowhere.
    private final long counters;
    private final int spins;
    private final int yields;
    /// Whether the next wait is patient. Threads share it without order: it is right for most of them.
    private boolean patient;

    /// A waiter for one event count.
    ///
    /// @param events where it sleeps
    /// @param liveness the owners attached to the object, and the recovery of dead ones; one for each object, so that
    ///     one check serves all its waiters
    /// @param strategy how long it spins first
    /// @param what threads wait for: as Flight Recorder is told, and where the waits are counted
    public Waiter(EventCount events, Liveness liveness, WaitStrategy strategy, Wait what) {
        this.events = events;
        this.liveness = liveness;
        this.strategy = strategy;
        this.what = what;
        this.counters = WaitCounters.block(liveness.counters(), what.counted());
        this.spins = spins(strategy);
        this.yields = yields(strategy);
    }

    static int spins(WaitStrategy strategy) {
        return switch (strategy) {
            case BUSY_SPIN, ADAPTIVE -> 400;
            case PARK -> 1;
        };
    }

    static int yields(WaitStrategy strategy) {
        return strategy == WaitStrategy.ADAPTIVE ? 16 : 0;
    }

    /// The deadline that lies a time-out ahead. Zero and negative time-outs lie in the past: one look, no wait.
    ///
    /// @param timeoutNanos in nanoseconds
    /// @return a value for [#await]; [#FOREVER] if it lies beyond the range of the clock
    public static long deadline(long timeoutNanos) {
        if (timeoutNanos <= 0) {
            return System.nanoTime();
        }
        // The clock may be negative; the comparison below is by difference, which is limited to half the range.
        return timeoutNanos > Long.MAX_VALUE >> 1 ? FOREVER : notForever(System.nanoTime() + timeoutNanos);
    }

    private static long notForever(long deadline) {
        return deadline == FOREVER ? FOREVER - 1 : deadline;
    }

    /// Ends a wait that was interrupted. It is the first step of each interruptible method: a pending interrupt ends
    /// it, even if it need not wait, as everywhere in the JDK.
    ///
    /// @throws InterruptedException if the thread was interrupted before; its flag is cleared
    public static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /// Waits until the condition is met.
    ///
    /// @param condition what to wait for
    /// @param deadline a value of [#deadline], or [#FOREVER]
    /// @return whether the condition was met; false if the deadline passed first
    /// @throws InterruptedException if the thread was interrupted before it had to wait, or while it waited; its flag
    ///     is cleared
    public boolean await(BooleanSupplier condition, long deadline) throws InterruptedException {
        return (awaitRound(condition, deadline, true) & MET) != 0;
    }

    /// Waits as [#await] does, for a caller whose wait consists of several rounds.
    ///
    /// @param condition what to wait for
    /// @param deadline a value of [#deadline], or [#FOREVER]
    /// @param counts whether the object counts a wait if this round outlasts its first short spin; it counts the time
    ///     in any case
    /// @return the sum of [#MET], if the condition was met, and of [#OUTLASTED], if the first short spin did not do
    /// @throws InterruptedException as for [#await]
    public int awaitRound(BooleanSupplier condition, long deadline, boolean counts) throws InterruptedException {
        try {
            return awaitNow(condition, deadline, counts);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private int awaitNow(BooleanSupplier condition, long deadline, boolean counts) throws InterruptedException {
        if (condition.getAsBoolean()) {
            return MET;
        }
        checkInterrupt();
        if (isOver(deadline)) {
            return 0;
        }
        if (spinBriefly(condition)) {
            return MET;
        }
        Event wait = FlightRecording.beginWait(what);
        long begun = System.nanoTime();
        if (counts) {
            WaitCounters.begun(counters, begun);
        }
        boolean met = false;
        try {
            met = strategy == WaitStrategy.BUSY_SPIN
                    ? spinFirst(condition, deadline, begun) : yieldFirst(condition, deadline, begun);
            return met ? MET | OUTLASTED : OUTLASTED;
        } finally {
            FlightRecording.endWait(wait, liveness, met);
        }
    }

    private boolean spinBriefly(BooleanSupplier condition) {
        for (int spin = 1; spin <= spins; spin++) {
            Thread.onSpinWait();
            if (condition.getAsBoolean()) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("ThreadPriorityCheck")   // one of three ways to wait; correctness does not depend on it
    private boolean yieldFirst(BooleanSupplier condition, long deadline, long begun) throws InterruptedException {
        boolean longer = patient && yields > 0;
        boolean virtual = longer && Thread.currentThread().isVirtual();
        for (int yield = 0; yield < yields || longer; yield++) {
            if (virtual && yield >= yields) {
                Thread.onSpinWait();         // a yield would wake another carrier, which takes this thread
            } else {
                Thread.yield();
            }
            if (condition.getAsBoolean()) {
                blockedSince(begun);
                return true;
            }
            longer = longer && !isOver(deadline) && System.nanoTime() - begun < PATIENCE_NANOS;
        }
        boolean met = sleepUntil(condition, deadline, begun);
        patient = met && System.nanoTime() - begun < PATIENCE_NANOS;
        return met;
    }

    private boolean spinFirst(BooleanSupplier condition, long deadline, long begun) throws InterruptedException {
        boolean virtual = Thread.currentThread().isVirtual();
        return spin(condition, deadline, virtual, begun)
                || (virtual && !isOver(deadline) && sleepUntil(condition, deadline, System.nanoTime()));
    }

    /// Adds the time since then to what the object counts.
    ///
    /// @return now
    private long blockedSince(long nanoTime) {
        long now = System.nanoTime();
        WaitCounters.blocked(counters, now - nanoTime);
        return now;
    }

    /// Spins to the end, or, in a virtual thread, for a millisecond with some yields. A virtual thread has no core of
    /// its own: it holds a carrier, and may wait for the work of a virtual thread that needs one. A yield alone does
    /// not let that thread run, since a carrier takes from one queue of the scheduler until it is empty.
    @SuppressWarnings("ThreadPriorityCheck")
    private boolean spin(BooleanSupplier condition, long deadline, boolean virtual, long begun)
            throws InterruptedException {
        long sweptNanos = begun;
        long counted = begun;
        try {
            for (int spins = 1; ; spins++) {
                Thread.onSpinWait();
                if (condition.getAsBoolean()) {
                    return true;
                }
                if (spins % SPINS_PER_CLOCK_READ == 0) {
                    if (mustEnd(deadline)) {
                        return false;
                    }
                    long now = System.nanoTime();
                    if (virtual && now - begun >= VIRTUAL_SPIN_NANOS) {
                        return false;
                    }
                    if (virtual && spins % SPINS_PER_YIELD == 0) {
                        Thread.yield();
                    }
                    if (now - sweptNanos >= SLICE_NANOS) {
                        counted = blockedSince(counted);
                        WaitCounters.foundNothing(counters, counted);
                        liveness.sweep();
                        sweptNanos = System.nanoTime();
                    }
                }
            }
        } finally {
            blockedSince(counted);
        }
    }

    private static boolean mustEnd(long deadline) throws InterruptedException {
        checkInterrupt();
        return isOver(deadline);
    }

    /// Waits until the condition is met, and keeps an interrupt for later.
    ///
    /// @param condition what to wait for
    /// @param deadline a value of [#deadline], or [#FOREVER]
    /// @return whether the condition was met; false if the deadline passed first. The interrupt flag is as it was, or
    ///     set if the thread was interrupted meanwhile
    public boolean awaitUninterruptibly(BooleanSupplier condition, long deadline) {
        boolean interrupted = Thread.interrupted();      // so that each later one comes when the wait has been counted
        boolean counts = true;
        try {
            for (;;) {
                try {
                    return (awaitRound(condition, deadline, counts) & MET) != 0;
                } catch (InterruptedException later) {
                    interrupted = true;
                    counts = false;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean sleepUntil(BooleanSupplier condition, long deadline, long begun) throws InterruptedException {
        Sweeper.Sleeper entry = null;
        long counted = begun;
        try {
            long sweptNanos = begun;
            for (int announced = 0; ; ) {
                announced = events.announceAgain(announced);
                if (condition.getAsBoolean()) {
                    return true;
                }
                boolean watched = entry != null && Sweeper.COMMON.isWatched(entry);
                long slice = watched ? LONG_SLICE_NANOS : SLICE_NANOS;
                if (deadline != FOREVER) {
                    slice = Math.min(slice, deadline - System.nanoTime());
                    if (slice <= 0) {
                        return false;
                    }
                }
                if (entry != null) {
                    entry.announced = announced;
                }
                events.sleep(announced, slice);
                WaitCounters.wokenUp(counters);
                if (condition.getAsBoolean()) {
                    return true;
                }
                counted = blockedSince(counted);
                WaitCounters.foundNothing(counters, counted);
                checkInterrupt();
                if (!watched && counted - sweptNanos >= SLICE_NANOS) {
                    liveness.sweep();
                    sweptNanos = System.nanoTime();
                    if (entry == null) {
                        entry = Sweeper.COMMON.enter(events, liveness);
                    }
                }
            }
        } finally {
            if (entry != null) {
                Sweeper.COMMON.leave(entry);
            }
            blockedSince(counted);
        }
    }

    /// How often watching for sleepers failed in this process: the sweep of an object threw, or no thread could be
    /// started for it. Waits go on all the same, and a throwing sweep also throws in its waiters.
    ///
    /// @return a count, since the start of the process
    public static long failedSweeps() {
        return Sweeper.COMMON.failures();
    }

    /// Whether a deadline has passed. For loops around [#await] whose condition another thread may undo.
    ///
    /// @param deadline a value of [#deadline], or [#FOREVER]
    /// @return true if so
    public static boolean isOver(long deadline) {
        return deadline != FOREVER && deadline - System.nanoTime() <= 0;
    }
}
