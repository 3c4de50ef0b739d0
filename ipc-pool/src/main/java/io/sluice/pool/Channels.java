package io.sluice.pool;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.queue.SharedQueue;

/// The shared objects of a pool, by name: the pool and its workers must agree on them.
final class Channels {
    /// Revoked tasks stay in a worker's queue until it reaches them, so the queue holds more than the worker has words.
    private static final int TASKS = 2 * TaskWords.COUNT;
    private static final int RESULTS = 4096;
    private static final int INTERRUPTS = 64;
    private static final int LONG_SLOT = 64;

    private final SharedSpace space;
    private final WaitStrategy strategy;

    Channels(SharedSpace space, WaitStrategy strategy) {
        this.space = space;
        this.strategy = strategy;
    }

    /// From the pool to one worker.
    SharedQueue<Message> tasks(int worker) {
        return space.queue("tasks-" + worker, new MessageCodec(), TASKS, MessageCodec.SLOT_BYTES, strategy);
    }

    /// From all workers to the pool.
    SharedQueue<Message> results() {
        return space.queue("results", new MessageCodec(), RESULTS, MessageCodec.SLOT_BYTES, strategy);
    }

    /// From the pool to one worker: the tasks to interrupt.
    SharedQueue<Long> interrupts(int worker) {
        return space.queue("interrupts-" + worker, Codec.longs(), INTERRUPTS, LONG_SLOT, WaitStrategy.PARK);
    }

    /// Between the pool and one worker: the states of its tasks.
    SharedLongArray taskWords(int worker) {
        return space.longArray("words-" + worker, TaskWords.COUNT);
    }
}
