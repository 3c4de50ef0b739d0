package io.sluice.journal.replay;

import io.sluice.journal.JournalRecord;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// Puts the bytes of elements into a queue.
record QueueTarget(SharedSpace space, SharedQueue<byte[]> queue) implements ReplayTarget {
    @Override
    public void put(JournalRecord message) throws InterruptedException {
        queue.put(message.payload());
    }

    @Override
    public void close() {
        space.close();
    }
}
