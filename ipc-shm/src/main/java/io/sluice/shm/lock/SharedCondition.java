package io.sluice.shm.lock;

import io.sluice.core.park.Waiter;
import io.sluice.core.sync.MutexCondition;
import io.sluice.shm.object.Elsewhere;
import java.time.Duration;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/// A condition of a lock, between processes.
///
/// - **Threads:** any that hold the lock; all others get an `IllegalMonitorStateException`.
/// - **Signals:** reach the threads that wait at the time of the signal, the longest waiter first. Later waiters cannot
///   steal them, and the signal of a waiter that died goes to the next. A signaller never waits for the waiters.
/// - **Spurious wake-ups:** possible, so wait in a loop, or with [#awaitFor]. All waiters wake up when a process dies
///   that holds the lock, since it may have been the signaller.
/// - **Death of the lock's owner:** by the lock's policy; where it is poisoned, every `await` ends with
///   [io.sluice.core.error.LockPoisonedException], without the lock.
/// - **Allocation:** a few objects for each wait; none to signal.
public class SharedCondition implements Condition {
    static final int MOST = 16;

    private final MutexCondition condition;

    SharedCondition(MutexCondition condition) {
        this.condition = condition;
    }

    /// A condition on another host; for a subclass that does all operations there.
    ///
    /// @param elsewhere the lock
    /// @param number 0 to 15
    /// @throws IllegalArgumentException if there is no such number
    /// @hidden
    @SuppressWarnings("exports")
    protected SharedCondition(Elsewhere elsewhere, int number) {
        if (number < 0 || number >= MOST) {
            throw new IllegalArgumentException("lock '%s': condition %,d is not between 0 and %d".formatted(
                    elsewhere.name(), number, MOST - 1));
        }
        this.condition = null;
    }

    @Override
    public void await() throws InterruptedException {
        condition.await(Waiter.FOREVER);
    }

    @Override
    public void awaitUninterruptibly() {
        condition.awaitUninterruptibly();
    }

    /// Waits for a signal, no longer than this.
    ///
    /// @param nanosTimeout in nanoseconds; zero and negative release the lock and take it again
    /// @return what is left of the time, not positive if it is over
    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long deadline = Waiter.deadline(nanosTimeout);
        condition.await(deadline);
        return deadline == Waiter.FOREVER ? nanosTimeout : deadline - System.nanoTime();
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return condition.await(Waiter.deadline(unit.toNanos(time)));
    }

    /// Waits for a signal until a point in time. The wall clock is read once, at the call; later changes to it do not
    /// matter.
    ///
    /// @param deadline when to give up
    /// @return whether a signal came before
    @Override
    @SuppressWarnings({"JavaUtilDate", "WaitNotInLoop"})   // the JDK's interface; the loop is the caller's
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long until = Math.max(0, deadline.getTime());            // a deadline before 1970 must not overflow
        return await(until - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
    }

    /// Waits until something is so, no longer than this.
    ///
    /// @param predicate what should be so; called while the caller holds the lock
    /// @param timeout how long; zero and negative look once
    /// @return what the predicate said last
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; the caller holds the lock
    @SuppressWarnings("WaitNotInLoop")       // the loop is in it
    public boolean awaitFor(BooleanSupplier predicate, Duration timeout) throws InterruptedException {
        return awaitFor(predicate, TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);     // saturates
    }

    /// Waits until something is so, no longer than this.
    ///
    /// @param predicate what should be so; called while the caller holds the lock
    /// @param time how long; zero and negative look once
    /// @param unit of the time
    /// @return what the predicate said last
    /// @throws InterruptedException as for [#awaitFor(BooleanSupplier, Duration)]
    public boolean awaitFor(BooleanSupplier predicate, long time, TimeUnit unit) throws InterruptedException {
        return condition.awaitFor(predicate, Waiter.deadline(unit.toNanos(time)));
    }

    @Override
    public void signal() {
        int ignored = signal(1);
    }

    /// Signals the threads that have waited longest.
    ///
    /// @param most how many, not negative
    /// @return how many were signalled, up to `most`
    /// @throws IllegalArgumentException if `most` is negative
    public int signal(int most) {
        return condition.signal(most);
    }

    @Override
    public void signalAll() {
        int ignored = signal(Integer.MAX_VALUE);
    }

    /// How many threads wait and were not signalled yet; a snapshot.
    ///
    /// @return the number, over all processes
    public int waiting() {
        return condition.waiting();
    }
}
