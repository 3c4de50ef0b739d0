package io.sluice.pool;

import io.sluice.shm.array.SharedLongArray;

/// The states of the tasks that a pool has given to one worker, one word each in shared memory.
///
/// ```
///   bits 2-63  number of the task      bits 0-1  QUEUED, BEGUN or REVOKED
/// ```
///
/// The pool writes `QUEUED` before it sends the task. Then two sides compete by compare-and-set: the worker for
/// `BEGUN`, before its first step into the task, and the pool for `REVOKED`, to give the task to another worker or to
/// cancel it. One of them wins, so a task is never begun twice, and a revoked one never runs. The number in the word
/// tells the tasks apart that use the same word one after the other.
///
/// A worker's death leaves its words: a task at `BEGUN` was begun, one at `QUEUED` was not.
final class TaskWords {
    /// The largest number of tasks that a worker can hold, with the running one.
    static final int COUNT = 512;

    private static final int QUEUED = 0;
    private static final int BEGUN = 1;
    private static final int REVOKED = 2;
    private static final int NUMBER_SHIFT = 2;

    private final SharedLongArray words;

    TaskWords(SharedLongArray words) {
        this.words = words;
    }

    private static long word(long task, int state) {
        return task << NUMBER_SHIFT | state;
    }

    /// For the pool, before it sends a task.
    void put(int index, long task) {
        words.setRelease(index, word(task, QUEUED));
    }

    /// For the worker. @return false if the task was revoked
    boolean begin(int index, long task) {
        return words.compareAndSet(index, word(task, QUEUED), word(task, BEGUN));
    }

    /// For the pool. @return false if the task was begun
    boolean revoke(int index, long task) {
        return words.compareAndSet(index, word(task, QUEUED), word(task, REVOKED));
    }

    /// Whether a task was begun; for the pool, also after the death of the worker.
    boolean isBegun(int index, long task) {
        return words.getAcquire(index) == word(task, BEGUN);
    }
}
