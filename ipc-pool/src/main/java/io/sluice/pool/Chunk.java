package io.sluice.pool;

import io.sluice.pool.submission.Timer;

/// The unit of work that a worker gets: a single task, or a part of a map. Belongs to the scheduler.
final class Chunk {
    final Job job;
    /// Index of the first element, if it is part of a map.
    final int from;
    final int count;
    final int functionBytes;
    final Message.Body body;

    /// Number of this attempt, new each time it is given to a worker.
    long number;
    /// Index of its word in the [TaskWords] of its worker.
    int wordIndex;
    /// Number of workers that died after they had begun it.
    int attempts;
    /// Number of workers that ran out of memory when it was the next one to take.
    int refusals;
    /// Timer that kills the worker if the chunk has not ended in time after an interrupt; null before the interrupt.
    Timer grace;
    /// Estimated running time in nanoseconds; 0 if unknown.
    long estimate;

    Chunk(Job job, int from, int count, int functionBytes, Message.Body body) {
        this.job = job;
        this.from = from;
        this.count = count;
        this.functionBytes = functionBytes;
        this.body = body;
    }
}
