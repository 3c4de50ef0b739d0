package io.sluice.cli.lines;

import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// A sender's membership in the queue of a name; the name may refer to one queue after the other.
final class Sending implements AutoCloseable {
    private static final long PAUSE_MILLIS = 20;

    private final SharedSpace space;
    private final String name;
    private SharedQueue<byte[]> queue;

    Sending(SharedSpace space, String name) throws InterruptedException {
        this.space = space;
        this.name = name;
        this.queue = join();
    }

    /// Puts an element, and waits while the queue is full.
    void put(byte[] lines) throws InterruptedException {
        for (;;) {
            try {
                queue.put(lines);
                return;
            } catch (ShutdownException endedEarlier) {       // by another process that found no producer
                queue.leaveProducers();
                queue.close();
                queue = join();
            }
        }
    }

    /// Notes that this sender has put everything, and shuts the queue down if it was the last one.
    void end() {
        space.sweep();       // so that a dead sender is not waited for
        if (queue.leaveProducers() == 0) {
            queue.shutdown();
        }
    }

    /// Joins the producers of the queue of the name; waits until a queue that was shut down before is drained.
    private SharedQueue<byte[]> join() throws InterruptedException {
        for (boolean reported = false;; reported = true) {
            SharedQueue<byte[]> next = LineQueue.open(space, name);
            next.joinProducers();
            if (!next.isShutdown()) {       // checked after joining: from now on no other sender is the last one
                return next;
            }
            next.leaveProducers();
            if (!reported && !next.isEnded()) {
                System.err.printf(
                        "sluice: '%s' still holds lines of an earlier sender; waiting until they are received%n", name);
            }
            while (next.isLinked() && !next.isEnded()) {
                Thread.sleep(PAUSE_MILLIS);
            }
            next.unlink();                  // its last receiver may have died before it did that
            next.close();
        }
    }

    /// Closes the queue; without [#end()] the queue counts a sender that did not finish.
    @Override
    public void close() {
        queue.close();
    }
}
