package io.sluice.shm.queue;

import io.sluice.shm.Party;
import io.sluice.shm.Threads;

/// The contract of a queue in platform threads.
class QueueAcrossThreadsTest extends BlockingQueueInProcessContract {
    @Override
    Party other() {
        return Threads.platform();
    }
}
