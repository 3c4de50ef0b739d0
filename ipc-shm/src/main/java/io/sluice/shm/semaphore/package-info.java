/// Counting semaphores between processes. Start at [io.sluice.shm.semaphore.SharedSemaphore];
/// [io.sluice.shm.semaphore.SemaphoreOptions] says whether permits have owners and a bound. The algorithm is in
/// `io.sluice.core.sync`.
///
/// Promised: permits are neither lost nor multiplied, whichever process dies, at whichever instruction. Not promised:
/// any order among waiters.
package io.sluice.shm.semaphore;
