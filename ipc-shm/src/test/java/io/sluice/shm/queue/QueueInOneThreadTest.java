package io.sluice.shm.queue;

import io.sluice.shm.Party;
import io.sluice.shm.SameThread;

/// The contract of a queue in one thread.
class QueueInOneThreadTest extends QueueContract {
    @Override
    Party other() {
        return new SameThread();
    }
}
