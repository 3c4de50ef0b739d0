/// Locks between processes, that survive their owners.
///
/// Start at [io.sluice.shm.lock.SharedLock]; [io.sluice.shm.lock.SharedReentrantLock] may be taken again by its owner,
/// [io.sluice.shm.lock.SharedReadWriteLock] lets many read. [io.sluice.shm.lock.LockOptions] says what the death of an
/// owner does, [io.sluice.shm.lock.SharedCondition] waits under a lock, [io.sluice.shm.lock.Guarded] keeps a value
/// behind one. The algorithms are in `io.sluice.core.sync`.
///
/// Promised: nobody has a lock that somebody else has; the death of an owner is told, and blocks nobody; an owner that
/// is merely slow is never robbed. Not promised: first come, first served.
package io.sluice.shm.lock;
