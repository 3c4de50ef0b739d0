/// Locks between processes, that survive their owners.
///
/// Start at [io.sluice.shm.lock.SharedLock]; [io.sluice.shm.lock.SharedReentrantLock] may be taken again by its owner,
/// [io.sluice.shm.lock.SharedReadWriteLock] lets many read. [io.sluice.shm.lock.LockOptions] says what the death of an
/// owner does, [io.sluice.shm.lock.SharedCondition] waits under a lock, [io.sluice.shm.lock.Guarded] keeps a value
/// behind one. The algorithms are in `io.sluice.core.sync`.
///
/// Promised: a lock has one owner at a time; the death of an owner is reported, and blocks no waiter; a live owner
/// never loses the lock, however slow. Not promised: first come, first served.
package io.sluice.shm.lock;
