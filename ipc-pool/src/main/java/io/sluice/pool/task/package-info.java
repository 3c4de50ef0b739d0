/// What is given to another process to do, and what comes back when it fails.
///
/// Start at [Task] and [Action]: a lambda, a method reference or an object of a class of yours that implements one of
/// these interfaces can travel, because the interfaces are `Serializable`; what it captures travels as a copy.
///
/// Promised: an exception of a task arrives as the same type, with a [RemoteTrace] as its root cause, or else as a
/// [RemoteException] with its texts. Not promised: that captured objects stay the same ones; a task that is to change
/// what others see captures a handle of `io.sluice.shm`.
package io.sluice.pool.task;
