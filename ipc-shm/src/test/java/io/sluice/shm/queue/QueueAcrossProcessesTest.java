package io.sluice.shm.queue;

import io.sluice.shm.Job;
import io.sluice.shm.Party;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// The contract of a queue in two processes. The other one serves all tests and leaves the space after each.
class QueueAcrossProcessesTest extends BlockingQueueContract {
    private static Peer peer;

    @BeforeAll
    static void start() {
        peer = Peer.fresh();
    }

    @AfterAll
    static void end() {
        peer.close();
    }

    @Override
    Party other() {
        return new Party() {
            @Override
            public <T> Reply<T> start(Job<T> job) {
                return peer.start(job);
            }

            @Override
            public void close() {
                peer.leave();
            }
        };
    }
}
