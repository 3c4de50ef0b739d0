package io.sluice.shm.queue;

/// Which elements were taken through a handle and not acknowledged, in the order of the takes, and by which thread.
final class Leases {
    /*
     * A list of nodes, and no collection of the JDK: a node is there before the list is touched, so that want of memory
     * cannot leave the list half changed.
     */
    private static final class Lease {
        final long position;
        final long thread = Thread.currentThread().threadId();
        Lease previous;
        Lease next;

        Lease(long position) {
            this.position = position;
        }
    }

    private Lease oldest;
    private Lease latest;
    private int size;

    void add(long position) {
        append(new Lease(position));
    }

    private synchronized void append(Lease lease) {
        lease.previous = latest;
        if (latest == null) {
            oldest = lease;
        } else {
            latest.next = lease;
        }
        latest = lease;
        size++;
    }

    /// Removes the oldest lease of this thread, or the oldest of all. @return its position, or [Elements#NONE]
    synchronized long removeOldest() {
        long current = Thread.currentThread().threadId();
        Lease lease = oldest;
        while (lease != null && lease.thread != current) {
            lease = lease.next;
        }
        if (lease == null) {
            lease = oldest;
        }
        if (lease == null) {
            return Elements.NONE;
        }
        unlink(lease);
        return lease.position;
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
        size--;
    }

    synchronized int size() {
        return size;
    }
}
