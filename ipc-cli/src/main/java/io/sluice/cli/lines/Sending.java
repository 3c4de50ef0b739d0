package io.sluice.cli.lines;

import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// A sender's hold of the queue under a name, which may be one queue after the other.
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
            } catch (ShutdownException endedWithoutUs) {     // by others who thought that they were the last
                queue.leaveProducers();
                queue.close();
                queue = join();
            }
        }
    }

    /// Says that this sender has put everything, and ends the queue if it was the last one.
    void end() {
        space.sweep();       // so that a dead sender is not waited for
        if (queue.leaveProducers() == 0) {
            queue.shutdown();
        }
    }

    /// Joins the producers of the queue that has the name; one that has ended must be drained before.
    private SharedQueue<byte[]> join() throws InterruptedException {
        for (boolean told = false;; told = true) {
            SharedQueue<byte[]> next = LineQueue.open(space, name);
            next.joinProducers();
            if (!next.isShutdown()) {       // looked at after joining: from now on nobody thinks that he is the last
                return next;
            }
            next.leaveProducers();
            if (!told && !next.isEnded()) {
                System.err.printf(
                        "sluice: '%s' still holds what an earlier sender sent; waiting until it is received%n", name);
            }
            while (next.isLinked() && !next.isEnded()) {
                Thread.sleep(PAUSE_MILLIS);
            }
            next.unlink();                  // its last receiver may have died before it could
            next.close();
        }
    }

    /// Lets go of the queue; without [#end()] it remembers a sender that did not finish.
    @Override
    public void close() {
        queue.close();
    }
}
