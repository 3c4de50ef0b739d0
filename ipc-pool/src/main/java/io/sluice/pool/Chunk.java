package io.sluice.pool;

import java.util.concurrent.Future;

/// What a worker gets at a time: a task of its own, or a part of a map. Belongs to the scheduler.
final class Chunk {
    final Job job;
    /// Index of the first element, if it is part of a map.
    final int from;
    final int count;
    final int functionBytes;
    final Message.Body body;

    /// Number of this attempt, new each time it is given to a worker.
    long number;
    int place;
    /// How often it was begun by a worker that died.
    int attempts;
    /// How many workers ran out of memory when it was the next one that they took.
    int refusals;
    /// Kills the worker if the chunk has not ended by then, once it was interrupted; null before.
    Future<?> grace;
    /// How long it will run, at a guess, in nanoseconds.
    long estimate;

    Chunk(Job job, int from, int count, int functionBytes, Message.Body body) {
        this.job = job;
        this.from = from;
        this.count = count;
        this.functionBytes = functionBytes;
        this.body = body;
    }
}
