/// Zero-copy rings between processes. Start at [io.sluice.shm.ring.SharedRing]; the work is done by the handles of
/// `io.sluice.core.ring`, whose package tells how.
package io.sluice.shm.ring;
