package io.sluice.shm.space;

/// The kinds of objects in a space.
public enum ObjectKind {
    /// A ring, used in place.
    RING,
    /// A queue.
    QUEUE,
    /// A queue of tasks.
    TASK_QUEUE,
    /// A pipe.
    PIPE,
    /// A lock with its conditions.
    LOCK,
    /// A read-write lock.
    READ_WRITE_LOCK,
    /// A semaphore.
    SEMAPHORE,
    /// An event.
    EVENT,
    /// A latch that is counted down.
    LATCH,
    /// A barrier.
    BARRIER,
    /// A single number or truth value; which, is the element type.
    NUMBER,
    /// A value of several words.
    VALUE,
    /// An array of numbers; of which, is the element type.
    ARRAY,
    /// An array of values of several words.
    VALUE_ARRAY,
    /// A service: calls and their answers.
    SERVICE
}
