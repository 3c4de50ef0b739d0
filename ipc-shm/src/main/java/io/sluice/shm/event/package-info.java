/// Signals between processes: a flag that is set and cleared, [io.sluice.shm.event.SharedEvent], and a count that goes
/// down to zero once, [io.sluice.shm.event.SharedCountDownLatch]. Start at the first. The algorithms are in
/// `io.sluice.core.sync`.
///
/// Promised: no waiter misses a signal that was given while it waited. Not promised: that a signaller lives long enough
/// to give it.
package io.sluice.shm.event;
