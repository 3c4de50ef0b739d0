package io.sluice.pool;

import io.sluice.core.park.Waiter;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.submission.Room;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/// The room in the backlog of a pool: how many calls wait for a worker, and what a submission does when too many do.
final class Admission {
    private final String poolName;
    private final int capacity;
    private final WhenFull whenFull;
    private int used;
    private boolean closed;

    Admission(String poolName, int capacity, WhenFull whenFull) {
        this.poolName = poolName;
        this.capacity = capacity;
        this.whenFull = whenFull;
    }

    /// Takes a place for a call.
    ///
    /// @param deadline of the wait for it, as [Waiter#deadline] gives it
    /// @return false if the caller is to run it itself
    /// @throws RejectedExecutionException if there is no room and the pool rejects calls then, or it was shut down
    /// @throws TimeoutException if there was no room in time
    synchronized boolean enter(long deadline) throws InterruptedException, TimeoutException {
        while (used >= capacity && !closed) {
            switch (whenFull) {
                case REJECT -> throw new RejectedExecutionException(
                        "pool '%s': its backlog is full, %,d calls wait; submit again later, or choose WhenFull.BLOCK"
                                .formatted(poolName, used));
                case CALLER_RUNS -> {
                    return false;
                }
                case BLOCK -> {
                    if (!Room.await(this, deadline)) {
                        throw new TimeoutException("pool '%s': no room in its backlog in time, %,d calls wait"
                                .formatted(poolName, used));
                    }
                }
            }
        }
        if (closed) {
            throw new RejectedExecutionException("pool '%s' was shut down".formatted(poolName));
        }
        used++;
        return true;
    }

    /// A job does not wait any more: it is with a worker, or over. A job that took no place, or has given it back
    /// before, changes nothing. Waiting callers are woken when a quarter is free, and not for each place.
    void left(Job job) {
        if (job.leaveBacklog()) {
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
