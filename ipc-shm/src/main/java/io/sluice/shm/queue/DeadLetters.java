package io.sluice.shm.queue;

import io.sluice.core.park.Waiter;

/// Moves the elements that were delivered too often from a task queue to another queue. While that has no room, this
/// handle keeps them taken and delivers them to no consumer.
final class DeadLetters<E> {
    private static final long RETRY_NANOS = 50_000_000;

    /// How often an element is delivered at most.
    final int most;
    /// The target; this object closes its handle.
    final SharedQueue<E> queue;
    private final Elements<E> from;
    /// Positions that are taken and wait for room, in a ring; guarded by `this`, as all fields below. No collection of
    /// the JDK: an `OutOfMemoryError` must not leave the list half changed.
    private long[] kept = new long[8];
    private int first;
    private int size;
    private long failures;
    private volatile boolean keeps;

    DeadLetters(int most, SharedQueue<E> queue, Elements<E> from) {
        this.most = most;
        this.queue = queue;
        this.from = from;
    }

    boolean takes(long position) {
        return from.deliveries(position) >= most;
    }

    /// Moves a taken element, now or when there is room.
    void bury(long position) {
        boolean added = false;
        try {
            add(position);
            added = true;
        } finally {
            if (!added) {
                from.giveBackNowOrLater(position);
            }
        }
        retry();
    }

    private synchronized void add(long position) {
        if (size == kept.length) {
            long[] larger = new long[2 * size];
            for (int i = 0; i < size; i++) {
                larger[i] = kept[(first + i) % size];
            }
            kept = larger;
            first = 0;
        }
        kept[(first + size++) % kept.length] = position;
        keeps = true;
    }

    /// Moves the kept elements, as far as there is room. An element that cannot be read is kept no longer:
    /// `Elements.move` has given it back or dropped it. An element that cannot be put stays, as without room, and
    /// blocks no take.
    void retry() {
        if (keeps) {
            moveKept();
        }
    }

    private synchronized void moveKept() {
        while (size > 0) {
            boolean over = true;
            try {
                over = from.move(kept[first], queue.elements(), this::countFailure);
            } finally {
                if (over) {
                    removeFirst();
                }
            }
            if (!over) {
                return;
            }
        }
    }

    private void removeFirst() {
        first = (first + 1) % kept.length;
        size--;
        keeps = size > 0;
    }

    private void countFailure() {
        failures++;
    }

    /// How many puts into the queue of dead letters have failed, for reasons other than a full queue.
    synchronized long failures() {
        return failures;
    }

    /// Until when a take may wait: while elements are kept, it wakes now and then to look for room.
    long retryDeadline(long deadline) {
        if (!keeps || deadline == Long.MIN_VALUE) {
            return deadline;
        }
        long next = Waiter.deadline(RETRY_NANOS);
        return deadline == Waiter.FOREVER || deadline - next > 0 ? next : deadline;
    }

    synchronized void giveBackAll() {
        while (size > 0) {
            long position = kept[first];
            removeFirst();
            from.giveBack(position);
        }
    }
}
