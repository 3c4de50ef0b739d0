package io.sluice.shm.queue;

import io.sluice.shm.Party;
import io.sluice.shm.Threads;

/// The contract of a queue in virtual threads.
class QueueAcrossVirtualThreadsTest extends BlockingQueueInProcessContract {
    @Override
    Party other() {
        return Threads.virtual();
    }
}
