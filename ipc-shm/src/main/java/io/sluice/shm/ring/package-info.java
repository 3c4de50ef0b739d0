/// Zero-copy rings between processes. Start at [io.sluice.shm.ring.SharedRing]; the handles of `io.sluice.core.ring`
/// do the work, and the documentation of that package describes it.
package io.sluice.shm.ring;
