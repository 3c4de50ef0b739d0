package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.park.Waiter;
import java.util.function.BooleanSupplier;

/// One process's view of a condition of a [Mutex].
///
/// - **Threads:** any that hold the lock.
/// - **Spurious wake-ups:** possible, as with every condition; also after the death of a process that held the lock,
///   since it may have been about to signal.
/// - **Order:** the waiter that has waited longest is signalled first.
/// - **Errors:** a wait that fails, for lack of memory or stack, or since a sweep failed, takes the lock again before
///   it throws, and passes a signal that it got to the next waiter.
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
    /// @throws IllegalStateException if no entry is free for one more waiter; the caller holds the lock
    public boolean await(long deadline) throws InterruptedException {
        try {
            StackRoom.probe();
            mutex.checkHeld("await");
            Waiter.checkInterrupt();
            return switch (release(deadline, true)) {
                case SIGNALLED -> true;
                case TIMED_OUT -> false;
                case INTERRUPTED -> throw new InterruptedException();
            };
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// The same, but an interrupt is kept for later.
    ///
    /// @throws LockPoisonedException as for [#await]
    /// @throws IllegalMonitorStateException as for [#await]
    /// @throws IllegalStateException as for [#await]
    public void awaitUninterruptibly() {
        try {
            StackRoom.probe();
            mutex.checkHeld("await");
            release(Waiter.FOREVER, false);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Waits until a predicate holds, no longer than the deadline.
    ///
    /// @param predicate what to wait for; called while the caller holds the lock
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]
    /// @return the last result of the predicate
    /// @throws InterruptedException as for [#await]; also if the predicate holds already
    /// @throws LockPoisonedException as for [#await]
    /// @throws IllegalMonitorStateException as for [#await]
    public boolean awaitFor(BooleanSupplier predicate, long deadline) throws InterruptedException {
        try {
            mutex.checkHeld("await");
            Waiter.checkInterrupt();
            boolean met = predicate.getAsBoolean();
            while (!met && !Waiter.isOver(deadline)) {
                await(deadline);
                met = predicate.getAsBoolean();
            }
            return met;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
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
        boolean interrupted = false;
        Throwable failure = null;
        try {
            // While the lock is held: both allocate.
            Waiter waiter = new Waiter(waiters.sleeper(entry), mutex.liveness, mutex.strategy, Wait.CONDITION);
            BooleanSupplier over = () -> waiters.isSignalled(entry) || mutex.isClosed();
            mutex.setExtraHolds(0);
            mutex.release();
            interrupted = !sleep(waiter, over, deadline, interruptible);
        } catch (RuntimeException | VirtualMachineError | LinkageError any) {
            failure = any;
        }
        CrashPoint.CONDITION_WOKEN.reached();
        failure = takeBack(entry, failure);
        boolean signalled = waiters.leave(entry);
        mutex.setExtraHolds(extra);
        if (failure != null && signalled) {
            waiters.signal(number, 1);      // after a death before this, recovery signals all: the lock is held
        }
        if (interrupted && (signalled || !interruptible)) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return signalled ? End.SIGNALLED : interrupted && interruptible ? End.INTERRUPTED : End.TIMED_OUT;
    }

    /// @return false if interrupted
    private static boolean sleep(Waiter waiter, BooleanSupplier over, long deadline, boolean interruptible) {
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

    /// Takes the lock again, also after a failure. A lock that is poisoned, or closed here, cannot be taken: then a
    /// signal is passed on.
    ///
    /// @return the first failure of the wait, or null
    @SuppressWarnings("ThreadPriorityCheck")   // between two tries that both fail at once, as for lack of stack
    private Throwable takeBack(int entry, Throwable failureBefore) {
        Throwable failure = failureBefore;
        while (!mutex.isHeldByCaller()) {
            try {
                mutex.lockAgain();
            } catch (RuntimeException | VirtualMachineError | LinkageError any) {
                if (mutex.isClosed() || LockWord.isPoisoned(mutex.word())) {      // or its repair has failed
                    waiters.abandon(entry);
                    throw any;
                }
                failure = failure == null ? any : failure;
                Thread.yield();
            }
        }
        return failure;
    }

    /// Signals the waiters that have waited longest.
    ///
    /// @param most how many, not negative
    /// @return how many were signalled, up to `most`
    /// @throws IllegalMonitorStateException if the caller does not hold the lock
    /// @throws IllegalArgumentException if `most` is negative
    public int signal(int most) {
        try {
            if (most < 0) {
                throw new IllegalArgumentException("lock '%s': cannot signal %,d waiters".formatted(mutex.name, most));
            }
            mutex.checkHeld("signal");
            return waiters.signal(number, most);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many threads wait and were not signalled yet; a snapshot.
    ///
    /// @return the number, over all processes
    public int waiting() {
        try {
            mutex.checkOpen();
            return waiters.waiting(number);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }
}
