package io.sluice.pool;

import io.sluice.shm.array.SharedLongArray;

/// The tasks that a pool has given to one worker, one word each: what became of them, as far as shared memory tells.
///
/// ```
///   bits 2-63  number of the task      bits 0-1  QUEUED, BEGUN or REVOKED
/// ```
///
/// The pool writes `QUEUED` before it sends the task. From there on two compete by compare-and-set: the worker for
/// `BEGUN`, before its first step into the task, and the pool for `REVOKED`, to give the task to another worker or to
/// nobody. One of them wins, so a task is never begun twice, and one that is not begun never runs. The number in the
/// word keeps a place from being mistaken when it is used again.
///
/// A worker's death leaves its words: `BEGUN` had been begun, `QUEUED` had not.
final class TaskWords {
    /// How many tasks a worker can have at most, with the one that runs.
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
    void put(int place, long task) {
        words.setRelease(place, word(task, QUEUED));
    }

    /// For the worker. @return false if the task was revoked
    boolean begin(int place, long task) {
        return words.compareAndSet(place, word(task, QUEUED), word(task, BEGUN));
    }

    /// For the pool. @return false if the task was begun
    boolean revoke(int place, long task) {
        return words.compareAndSet(place, word(task, QUEUED), word(task, REVOKED));
    }

    /// Whether a task was begun; for the pool, also after the death of the worker.
    boolean isBegun(int place, long task) {
        return words.getAcquire(place) == word(task, BEGUN);
    }
}
