package io.sluice.pool.submission;

import io.sluice.core.park.Waiter;
import java.util.concurrent.TimeUnit;

/// The wait of a submission for room in the backlog of its executor.
public final class Room {
    private Room() {}

    /// Waits for a notification of a monitor that the caller holds, once; the caller looks at its condition again.
    ///
    /// @param monitor notified when there may be room
    /// @param deadline of the wait, as [Waiter#deadline] gives it
    /// @return false if the deadline was over, and it did not wait
    /// @throws InterruptedException if interrupted before or while waiting
    @SuppressWarnings("WaitNotInLoop")       // the loop is its caller's
    public static boolean await(Object monitor, long deadline) throws InterruptedException {
        if (deadline == Waiter.FOREVER) {
            monitor.wait();
            return true;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        TimeUnit.NANOSECONDS.timedWait(monitor, left);
        return true;
    }
}
