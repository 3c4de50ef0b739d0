package io.sluice.core.jfr;

/// What a thread waits for; it decides which event tells of the wait.
public enum Wait {
    /// Space in a ring, by a producer.
    ROOM,
    /// A message in a ring, by a consumer.
    MESSAGE,
    /// A lock, or the writers' part of a read-write lock.
    LOCK,
    /// The end of the readers, by a writer.
    READERS,
    /// The signal of a condition.
    CONDITION,
    /// A permit of a semaphore.
    PERMIT,
    /// An event that is set.
    EVENT,
    /// A latch that has counted down.
    LATCH,
    /// The other parties of a barrier.
    BARRIER,
    /// The writer of a value.
    VALUE,
    /// The answer of a service, or a free cell for a call.
    CALL,
    /// What is reported elsewhere, or is a part of the library's own work.
    UNREPORTED
}
