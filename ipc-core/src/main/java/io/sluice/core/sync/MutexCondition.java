package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitCondition;
import io.sluice.core.idle.Waiter;
import java.util.function.BooleanSupplier;

/// A condition of a [Mutex], as one process sees it.
///
/// - **Threads:** any that hold the lock.
/// - **Wake-ups for nothing:** possible, as everywhere; also when a process died that held the lock, since it may have
///   been the one to signal.
/// - **Order:** who has waited longest is signalled first.
/// - **Allocation:** a few objects for each wait; none to signal.
public final class MutexCondition {
    private final Mutex mutex;
    private final int number;
    private final WaitList waiters;

    MutexCondition(Mutex mutex, int number, WaitList waiters) {
        this.mutex = mutex;
        this.number = number;
        this.waiters = waiters;
    }

    /// How a wait ended.
    private enum End { SIGNALLED, TIMED_OUT, INTERRUPTED }

    /// Releases the lock, waits for a signal, and takes the lock again, with as many holds as before.
    ///
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]
    /// @return whether a signal came; false if the deadline passed first
    /// @throws InterruptedException if the thread was interrupted before, or meanwhile before a signal came; the caller
    ///     holds the lock
    /// @throws LockPoisonedException if the lock's holder died meanwhile; the caller does not hold the lock
    /// @throws IllegalMonitorStateException if the caller does not hold the lock
    /// @throws IllegalStateException if too many threads wait already; the caller holds the lock
    public boolean await(long deadline) throws InterruptedException {
        mutex.checkHeld("await");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return switch (release(deadline, true)) {
            case SIGNALLED -> true;
            case TIMED_OUT -> false;
            case INTERRUPTED -> throw new InterruptedException();
        };
    }

    /// The same, but an interrupt is kept for later.
    ///
    /// @throws LockPoisonedException as for [#await]
    /// @throws IllegalMonitorStateException as for [#await]
    /// @throws IllegalStateException as for [#await]
    public void awaitUninterruptibly() {
        mutex.checkHeld("await");
        release(Waiter.FOREVER, false);
    }

    /// Waits until something is so, as long as it takes but no longer than the deadline.
    ///
    /// @param predicate what should be so; called while the caller holds the lock
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]
    /// @return what the predicate said last
    /// @throws InterruptedException as for [#await]
    /// @throws LockPoisonedException as for [#await]
    /// @throws IllegalMonitorStateException as for [#await]
    public boolean awaitFor(BooleanSupplier predicate, long deadline) throws InterruptedException {
        mutex.checkHeld("await");
        boolean met = predicate.getAsBoolean();
        while (!met && !Waiter.isOver(deadline)) {
            await(deadline);
            met = predicate.getAsBoolean();
        }
        return met;
    }

    private End release(long deadline, boolean interruptible) {
        int entry = waiters.enter(mutex.self, number);
        if (entry < 0) {
            throw new IllegalStateException(
                    "lock '%s': %,d threads wait on its conditions already; create it with room for more"
                            .formatted(mutex.name, waiters.capacity()));
        }
        CrashPoint.CONDITION_ENTERED.reached();
        int extra = mutex.extraHolds();
        mutex.setExtraHolds(0);
        mutex.release();
        boolean interrupted = !sleep(entry, deadline, interruptible);
        CrashPoint.CONDITION_WOKEN.reached();
        boolean signalled = takeBack(entry, extra);
        if (interrupted && (signalled || !interruptible)) {
            Thread.currentThread().interrupt();
        }
        return signalled ? End.SIGNALLED : interrupted && interruptible ? End.INTERRUPTED : End.TIMED_OUT;
    }

    /// @return false if interrupted
    private boolean sleep(int entry, long deadline, boolean interruptible) {
        WaitCondition over = () -> waiters.isSignalled(entry) || mutex.isClosed();
        Waiter waiter = new Waiter(waiters.sleeper(entry), mutex.liveness, mutex.strategy);
        try {
            if (interruptible) {
                waiter.await(over, deadline);
            } else {
                waiter.awaitUninterruptibly(over, deadline);
            }
            return true;
        } catch (InterruptedException interrupt) {
            return false;
        }
    }

    /// @return whether it was signalled, which only the holder of the lock can say for good
    private boolean takeBack(int entry, int extra) {
        boolean held = false;
        try {
            mutex.lock();
            held = true;
        } finally {
            if (!held) {
                waiters.abandon(entry);     // the lock is poisoned, or closed here
            }
        }
        boolean signalled = waiters.leave(entry);
        mutex.setExtraHolds(extra);
        return signalled;
    }

    /// Signals those who have waited longest.
    ///
    /// @param most how many, not negative
    /// @return how many there were, up to `most`
    /// @throws IllegalMonitorStateException if the caller does not hold the lock
    /// @throws IllegalArgumentException if `most` is negative
    public int signal(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("lock '%s': cannot signal %,d waiters".formatted(mutex.name, most));
        }
        mutex.checkHeld("signal");
        return waiters.signal(number, most);
    }

    /// How many wait and were not signalled yet; a snapshot.
    ///
    /// @return the number, over all processes
    public int waiting() {
        mutex.checkOpen();
        return waiters.waiting(number);
    }
}
