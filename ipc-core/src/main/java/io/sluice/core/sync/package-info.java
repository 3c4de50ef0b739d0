/// Locks, counts and signals between processes, over a piece of memory.
///
/// A [io.sluice.core.sync.Mutex] with its [io.sluice.core.sync.MutexCondition]s, a
/// [io.sluice.core.sync.ReadWriteMutex], a semaphore's [io.sluice.core.sync.Permits], an event's
/// [io.sluice.core.sync.Signal], a latch's [io.sluice.core.sync.Countdown], a barrier's
/// [io.sluice.core.sync.Rendezvous], [io.sluice.core.sync.ValueCells] for values of several words, and
/// [io.sluice.core.sync.CallCells], in which the clients of a service await their answers. Users meet them through the
/// handles of `io.sluice.shm`. Start at [io.sluice.core.sync.Mutex].
///
/// Each follows one pattern. An object that can be held names its owner in the word that decides, so there is no
/// half-held state. Waiters sleep on an [io.sluice.core.park.EventCount] beside it. Each has a static `recover`, which
/// finishes the operations of a dead owner, may be repeated from any step, and wakes all sleepers, since the dead owner
/// may have been about to wake them. A view over memory that was closed meanwhile acts on pages that no other process
/// sees; each operation checks for that at its end, and throws.
///
/// Promised: a death at any instruction is the state before an operation or after it. Not promised: that permits,
/// events and latches are fair.
package io.sluice.core.sync;
