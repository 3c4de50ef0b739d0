/// Tasks for other processes, and the exceptions that report their failures.
///
/// Start at [Task] and [Action]: a lambda, a method reference or an object of a class that implements one of these
/// interfaces can travel, because the interfaces are `Serializable`; what it captures travels as a copy.
///
/// Promised: an exception of a task arrives as the same type, with a [io.sluice.core.error.RemoteTrace] as its root
/// cause, or else as a [RemoteException] with its texts. Not promised: that captured objects keep their identity; a task
/// that changes shared state captures a handle of `io.sluice.shm`.
package io.sluice.pool.task;
