package io.sluice.shm.queue;

import java.util.ArrayDeque;
import java.util.Iterator;

/// Which elements were taken through a handle and not acknowledged, in the order of the takes, and by which thread.
final class Leases {
    private record Lease(long position, Thread thread) {}

    private final ArrayDeque<Lease> open = new ArrayDeque<>();

    synchronized void add(long position) {
        open.addLast(new Lease(position, Thread.currentThread()));
    }

    /// Removes the oldest lease of this thread, or the oldest of all. @return its position, or [Elements#NONE]
    synchronized long removeOldest() {
        Thread current = Thread.currentThread();
        for (Iterator<Lease> leases = open.iterator(); leases.hasNext(); ) {
            Lease lease = leases.next();
            if (lease.thread().equals(current)) {
                leases.remove();
                return lease.position();
            }
        }
        Lease oldest = open.pollFirst();
        return oldest == null ? Elements.NONE : oldest.position();
    }

    synchronized int size() {
        return open.size();
    }
}
