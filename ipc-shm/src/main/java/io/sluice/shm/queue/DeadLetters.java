package io.sluice.shm.queue;

import io.sluice.core.idle.Waiter;
import java.util.ArrayDeque;

/// Where a task queue's handle puts the elements that were handed out too often: into another queue, and, while that
/// has no room, among those that it keeps and does not hand out.
final class DeadLetters<E> {
    private static final long RETRY_NANOS = 50_000_000;

    /// How often an element is handed out.
    final int most;
    /// A handle of its own.
    final SharedQueue<E> queue;
    private final Elements<E> from;
    private final ArrayDeque<Long> kept = new ArrayDeque<>();      // positions; guarded by itself
    private volatile boolean keeps;

    DeadLetters(int most, SharedQueue<E> queue, Elements<E> from) {
        this.most = most;
        this.queue = queue;
        this.from = from;
    }

    boolean takes(long position) {
        return from.deliveries(position) >= most;
    }

    /// Moves an element that was taken, now or when there is room.
    void bury(long position) {
        synchronized (kept) {
            kept.add(position);
            keeps = true;
        }
        retry();
    }

    /// Moves what is kept, as far as there is room. An element whose move fails is not kept any more; `Elements.move`
    /// has given it back or dropped it.
    void retry() {
        if (!keeps) {
            return;
        }
        synchronized (kept) {
            try {
                while (!kept.isEmpty()) {
                    long position = kept.removeFirst();
                    if (!from.move(position, queue.elements())) {
                        kept.addFirst(position);
                        return;
                    }
                }
            } finally {
                keeps = !kept.isEmpty();
            }
        }
    }

    /// Until when a take may wait: while something is kept it looks for room now and then.
    long retryDeadline(long deadline) {
        if (!keeps || deadline == Long.MIN_VALUE) {
            return deadline;
        }
        long next = Waiter.deadline(RETRY_NANOS);
        return deadline == Waiter.FOREVER || deadline - next > 0 ? next : deadline;
    }

    void giveBackAll() {
        synchronized (kept) {
            for (Long position = kept.poll(); position != null; position = kept.poll()) {
                from.giveBack(position);
            }
            keeps = false;
        }
    }
}
