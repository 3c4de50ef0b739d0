/// What some announce and others wait for: a flag that goes up and down, [io.sluice.shm.event.SharedEvent], and a count
/// that goes down once, [io.sluice.shm.event.SharedCountDownLatch]. Start at the first. The algorithms are in
/// `io.sluice.core.sync`.
///
/// Promised: no waiter misses what happened while it waited. Not promised: that a process lives long enough to announce
/// anything.
package io.sluice.shm.event;
