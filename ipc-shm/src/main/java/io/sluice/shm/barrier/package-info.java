/// Barriers between processes. Start at [io.sluice.shm.barrier.SharedBarrier]; the algorithm is in
/// `io.sluice.core.sync`.
///
/// Promised: a death of a party ends the wait of all others, with an exception that says so.
package io.sluice.shm.barrier;
