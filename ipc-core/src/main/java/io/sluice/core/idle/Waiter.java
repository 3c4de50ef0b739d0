package io.sluice.core.idle;

import io.sluice.core.owner.Liveness;

/// The loop in which every wait of the project is spent: look, spin, yield, announce, sleep a slice, look again.
///
/// - **Threads:** any number, platform and virtual.
/// - **Interrupts:** noticed at once by a spinning waiter, within a slice by a sleeping one.
/// - **Deadlines:** on the monotonic clock of [System#nanoTime()].
/// - **Deaths:** at the end of each slice, and as often by a waiter that never sleeps, those attached to the object
///   are looked at, and what a dead one held is given back.
/// - **Allocation:** none.
public final class Waiter {
    /// No deadline.
    public static final long FOREVER = Long.MAX_VALUE;

    /// The longest sleep in one piece, in nanoseconds. It bounds only what follows a death or an interrupt; a
    /// wake-up does not wait for it. Short enough that what a killed process held is free some 25 ms after its death,
    /// long enough that a thousand idle waiters cost less than a core.
    public static final long SLICE_NANOS = 20_000_000;

    private static final int SPINS_PER_LOOK_AT_THE_CLOCK = 64;

    private final EventCount events;
    private final Liveness liveness;
    private final WaitStrategy strategy;

    /// A waiter for one event count.
    ///
    /// @param events where it sleeps
    /// @param liveness whom it looks after while it waits
    /// @param strategy how long it spins first
    public Waiter(EventCount events, Liveness liveness, WaitStrategy strategy) {
        this.events = events;
        this.liveness = liveness;
        this.strategy = strategy;
    }

    /// The deadline that lies a time-out ahead. Zero and negative time-outs lie in the past: one look, no wait.
    ///
    /// @param timeoutNanos in nanoseconds
    /// @return a value for [#await], [#FOREVER] if it lies further ahead than the clock reaches
    public static long deadline(long timeoutNanos) {
        if (timeoutNanos <= 0) {
            return System.nanoTime();
        }
        // The clock may be negative; the comparison below is by difference, which half the range limits.
        return timeoutNanos > Long.MAX_VALUE >> 1 ? FOREVER : notForever(System.nanoTime() + timeoutNanos);
    }

    private static long notForever(long deadline) {
        return deadline == FOREVER ? FOREVER - 1 : deadline;
    }

    /// Waits until the condition is met.
    ///
    /// @param condition what to wait for
    /// @param deadline a value of [#deadline], or [#FOREVER]
    /// @return whether the condition was met; false if the deadline passed first
    /// @throws InterruptedException if the thread was interrupted before or while it waited; its flag is cleared
    @SuppressWarnings("ThreadPriorityCheck")   // a yield is one of the three ways to wait, not a way to be right
    public boolean await(WaitCondition condition, long deadline) throws InterruptedException {
        if (condition.isMet()) {
            return true;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (isOver(deadline)) {
            return false;
        }
        long lookedAtDeaths = System.nanoTime();
        for (int spins = 1; spins <= strategy.spins(); spins++) {
            Thread.onSpinWait();
            if (condition.isMet()) {
                return true;
            }
            if (spins % SPINS_PER_LOOK_AT_THE_CLOCK == 0) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (isOver(deadline)) {
                    return false;
                }
                if (strategy == WaitStrategy.BUSY_SPIN) {
                    spins = 0;
                    if (System.nanoTime() - lookedAtDeaths >= SLICE_NANOS) {
                        liveness.sweep();
                        lookedAtDeaths = System.nanoTime();
                    }
                }
            }
        }
        for (int yields = 0; yields < strategy.yields(); yields++) {
            Thread.yield();
            if (condition.isMet()) {
                return true;
            }
        }
        return sleepUntil(condition, deadline);
    }

    /// Waits until the condition is met, and keeps an interrupt for later.
    ///
    /// @param condition what to wait for
    /// @param deadline a value of [#deadline], or [#FOREVER]
    /// @return whether the condition was met; false if the deadline passed first. The interrupt flag is as it was, or
    ///     set if the thread was interrupted meanwhile
    public boolean awaitUninterruptibly(WaitCondition condition, long deadline) {
        boolean interrupted = false;
        try {
            for (;;) {
                try {
                    return await(condition, deadline);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean sleepUntil(WaitCondition condition, long deadline) throws InterruptedException {
        long lookedAtDeaths = System.nanoTime();
        for (;;) {
            int announced = events.announce();
            if (condition.isMet()) {
                return true;
            }
            long now = System.nanoTime();
            long slice = deadline == FOREVER ? SLICE_NANOS : Math.min(SLICE_NANOS, deadline - now);
            if (slice <= 0) {
                return false;
            }
            events.sleep(announced, slice);
            if (condition.isMet()) {
                return true;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (System.nanoTime() - lookedAtDeaths >= SLICE_NANOS) {
                liveness.sweep();
                lookedAtDeaths = System.nanoTime();
            }
        }
    }

    /// Whether a deadline has passed. For loops around [#await], whose condition may be met and then taken by others.
    ///
    /// @param deadline a value of [#deadline], or [#FOREVER]
    /// @return true if so
    public static boolean isOver(long deadline) {
        return deadline != FOREVER && deadline - System.nanoTime() <= 0;
    }
}
