package io.sluice.core.jfr;

import io.sluice.core.owner.WaitCounters;

/// What a thread waits for; it decides which event tells of the wait, and where the wait is counted.
public enum Wait {
    /// Space in a ring, by a producer.
    ROOM(WaitCounters.ROOM),
    /// A message in a ring, by a consumer.
    MESSAGE(WaitCounters.MESSAGE),
    /// A lock, or the writers' part of a read-write lock.
    LOCK(WaitCounters.LOCK),
    /// A lock, for a part of the wait: no event tells of it, since one tells of the whole.
    LOCK_ROUND(WaitCounters.LOCK),
    /// The end of the readers, by a writer.
    READERS(WaitCounters.READERS),
    /// The signal of a condition.
    CONDITION(WaitCounters.CONDITION),
    /// A permit of a semaphore.
    PERMIT(WaitCounters.OTHER),
    /// An event that is set.
    EVENT(WaitCounters.OTHER),
    /// A latch that has counted down.
    LATCH(WaitCounters.OTHER),
    /// The other parties of a barrier.
    BARRIER(WaitCounters.OTHER),
    /// The writer of a value.
    VALUE(WaitCounters.OTHER),
    /// The answer of a service, or a free cell for a call.
    CALL(WaitCounters.OTHER),
    /// What is reported elsewhere, or is a part of the library's own work.
    UNREPORTED(WaitCounters.NONE);

    private final int counted;

    Wait(int counted) {
        this.counted = counted;
    }

    /// Where the wait is counted.
    ///
    /// @return a constant of [WaitCounters]
    public int counted() {
        return counted;
    }

    /// Whether an event tells of it.
    ///
    /// @return whether
    boolean isReported() {
        return this != UNREPORTED && this != LOCK_ROUND;
    }
}
