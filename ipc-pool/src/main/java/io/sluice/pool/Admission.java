package io.sluice.pool;

import io.sluice.core.park.Waiter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The room in the backlog of a pool: how many calls wait for a worker, and what a submission does when there are too
/// many.
final class Admission {
    private final int capacity;
    private final WhenFull whenFull;
    private int used;
    private boolean closed;

    Admission(int capacity, WhenFull whenFull) {
        this.capacity = capacity;
        this.whenFull = whenFull;
    }

    /// Takes a place for a call.
    ///
    /// @param deadline of the wait for it, as [Waiter#deadline] gives it
    /// @return false if the caller is to run it itself
    /// @throws RejectedExecutionException if there is no room and that is the policy, or the pool was shut down
    /// @throws TimeoutException if there was no room in time
    synchronized boolean enter(long deadline) throws InterruptedException, TimeoutException {
        while (used >= capacity && !closed) {
            switch (whenFull) {
                case REJECT -> throw new RejectedExecutionException(
                        "the backlog of the pool is full: %,d calls wait".formatted(used));
                case CALLER_RUNS -> {
                    return false;
                }
                case BLOCK -> awaitPlace(deadline);
            }
        }
        if (closed) {
            throw new RejectedExecutionException("the pool was shut down");
        }
        used++;
        return true;
    }

    @SuppressWarnings("WaitNotInLoop")       // the loop is its caller's
    private void awaitPlace(long deadline) throws InterruptedException, TimeoutException {
        if (deadline == Waiter.FOREVER) {
            wait();
            return;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new TimeoutException("no room in the backlog of the pool: %,d calls wait".formatted(used));
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
    }

    /// A job does not wait any more: it is with a worker, or over. Jobs that took no place, and those that gave it back
    /// before, change nothing. Those who wait are woken when a quarter is free, and not for each place.
    void left(Job job) {
        if (job instanceof CallJob<?> call && call.leaveBacklog()) {
            synchronized (this) {
                used--;
                if (used == capacity - Math.max(1, capacity / 4)) {
                    notifyAll();
                }
            }
        }
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized int used() {
        return used;
    }
}
