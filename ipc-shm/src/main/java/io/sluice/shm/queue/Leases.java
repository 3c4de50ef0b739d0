package io.sluice.shm.queue;

import java.util.function.LongConsumer;

/// The elements that were taken through a handle and not acknowledged, in the order of the takes, with their threads.
///
/// With a time-out, a daemon thread of this process gives back the elements that are leased for longer. It lives while
/// there are leases, and keeps the handle reachable as long.
final class Leases {
    /*
     * A list of nodes, and no collection of the JDK: a node is allocated before the list is touched, so that an
     * OutOfMemoryError cannot leave the list half changed.
     *
     * An expired lease stays in the list until its taker ends it, so that this end is refused and does not hit another
     * lease. The lock of the list decides between an end and the time-out. The element is given back under the lock
     * too: after the close, which empties the list, the timekeeping thread finds nothing, so it never touches an
     * element that another process may have by then.
     *
     * All time-outs have one length, so the first unexpired lease is the next to expire.
     */
    private static final long LONGEST_LOOK_MILLIS = 1000;

    /// One lease.
    static final class Lease {
        final long position;
        final int deliveries;
        private final long thread = Thread.currentThread().threadId();
        private long begun;              // only if it may run out
        private boolean limited;
        private boolean expired;
        private Lease previous;
        private Lease next;

        private Lease(long position, int deliveries) {
            this.position = position;
            this.deliveries = deliveries;
        }

        boolean isExpired() {
            return expired;
        }
    }

    private final String name;
    private final LongConsumer giveBack;
    private long timeoutNanos;           // 0 if there is none; guarded by this, as all fields below
    private Lease oldest;
    private Lease latest;
    private int size;
    private boolean timed;
    private long failures;

    /// @param name of the queue
    /// @param giveBack offers the element at a position again
    Leases(String name, LongConsumer giveBack) {
        this.name = name;
        this.giveBack = giveBack;
    }

    /// Limits the duration of leases from now on. @return false if they have a limit already
    synchronized boolean setTimeout(long nanos) {
        if (timeoutNanos != 0) {
            return false;
        }
        timeoutNanos = nanos;
        return true;
    }

    synchronized long timeoutNanos() {
        return timeoutNanos;
    }

    void add(long position, int deliveries) {
        append(new Lease(position, deliveries));
    }

    private synchronized void append(Lease lease) {
        if (timeoutNanos != 0 && !timed) {
            Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false).name("sluice-leases-" + name)
                    .start(this::keepTime);
            timed = true;
        }
        if (timeoutNanos != 0) {
            lease.limited = true;
            lease.begun = System.nanoTime();
        }
        lease.previous = latest;
        if (latest == null) {
            oldest = lease;
        } else {
            latest.next = lease;
        }
        latest = lease;
        size++;
    }

    private synchronized void keepTime() {
        try {
            for (Lease next = firstToExpire(); next != null; next = firstToExpire()) {
                long left = timeoutNanos - (System.nanoTime() - next.begun);
                if (left <= 0) {
                    end(next);
                } else {
                    wait(Math.min(LONGEST_LOOK_MILLIS, left / 1_000_000 + 1));
                }
            }
        } catch (InterruptedException unknown) {
            // The next take starts another thread.
        } finally {
            timed = false;
        }
    }

    /// Gives back first: a failure that ends this thread before the mark leaves a lease that a later look ends. A
    /// give-back that fails may have happened in part, so it is not tried again, and stops no other lease from ending.
    private void end(Lease lease) {
        try {
            giveBack.accept(lease.position);
        } catch (RuntimeException | Error counted) {
            failures++;
        }
        lease.expired = true;
        size--;
    }

    private Lease firstToExpire() {
        Lease lease = oldest;
        while (lease != null && (lease.expired || !lease.limited)) {
            lease = lease.next;
        }
        return lease;
    }

    /// The oldest lease of this thread; if it has none, the oldest unexpired one of all threads. So an expired lease is
    /// refused to the thread that had it, and to no other. @return null if there is none
    private Lease first() {
        long current = Thread.currentThread().threadId();
        Lease anyThread = null;
        for (Lease lease = oldest; lease != null; lease = lease.next) {
            if (lease.thread == current) {
                return lease;
            }
            if (anyThread == null && !lease.expired) {
                anyThread = lease;
            }
        }
        return anyThread;
    }

    synchronized Lease oldest() {
        return first();
    }

    /// Whether this thread has a lease, expired or not.
    synchronized boolean hasOwn() {
        Lease lease = first();
        return lease != null && lease.thread == Thread.currentThread().threadId();
    }

    /// Removes the lease that [#oldest] returns. @return null if there is none
    synchronized Lease removeOldest() {
        Lease lease = first();
        if (lease != null) {
            unlink(lease);
        }
        return lease;
    }

    /// Removes an unexpired lease of any thread, and the expired ones before it. @return null if there is none
    synchronized Lease removeAny() {
        while (oldest != null) {
            Lease lease = oldest;
            unlink(lease);
            if (!lease.expired) {
                return lease;
            }
        }
        return null;
    }

    private void unlink(Lease lease) {
        if (lease.previous == null) {
            oldest = lease.next;
        } else {
            lease.previous.next = lease.next;
        }
        if (lease.next == null) {
            latest = lease.previous;
        } else {
            lease.next.previous = lease.previous;
        }
        if (!lease.expired) {
            size--;
        }
    }

    /// Ends the timekeeping thread; the list is empty.
    synchronized void end() {
        notifyAll();
    }

    /// How many expired leases could not be offered again.
    synchronized long failures() {
        return failures;
    }

    /// How many leases have neither ended nor expired.
    synchronized int size() {
        return size;
    }
}
