package io.sluice.pool;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;

/// The shared objects of a pool, by name: the pool and its workers must agree on them.
final class Channels {
    /// Revoked tasks stay in a worker's queue until it reaches them, so the queue holds more than the worker has words.
    private static final int TASKS = 2 * TaskWords.COUNT;
    private static final int RESULTS = 4096;
    private static final int INTERRUPTS = 64;

    private final SharedSpace space;

    Channels(SharedSpace space, WaitStrategy strategy) {
        this.space = space.with(strategy);
    }

    /// From the pool to one worker.
    SharedQueue<Message> tasks(int worker) {
        return space.queue("tasks-" + worker, new MessageCodec(),
                QueueOptions.of(TASKS).withSlotBytes(MessageCodec.SLOT_BYTES));
    }

    /// From all workers to the pool.
    SharedQueue<Message> results() {
        return space.queue("results", new MessageCodec(),
                QueueOptions.of(RESULTS).withSlotBytes(MessageCodec.SLOT_BYTES));
    }

    /// From the pool to one worker: the tasks to interrupt.
    SharedQueue<Long> interrupts(int worker) {
        return space.with(WaitStrategy.PARK).queue("interrupts-" + worker, Codec.longs(), INTERRUPTS);
    }

    /// Between the pool and one worker: the states of its tasks.
    SharedLongArray taskWords(int worker) {
        return space.longArray("words-" + worker, TaskWords.COUNT);
    }
}
