/// What guards, counts and signals between processes, over a piece of memory.
///
/// A [io.sluice.core.sync.Mutex] with its [io.sluice.core.sync.MutexCondition]s, a
/// [io.sluice.core.sync.ReadWriteMutex], a semaphore's [io.sluice.core.sync.Permits], an event's
/// [io.sluice.core.sync.Signal], a latch's [io.sluice.core.sync.Countdown], a barrier's
/// [io.sluice.core.sync.Rendezvous], and [io.sluice.core.sync.ValueCells] for values of several words. Users meet them
/// through the handles of `io.sluice.shm`. Start at [io.sluice.core.sync.Mutex].
///
/// Each follows one pattern. Whatever can be held names its owner in the word that decides, so that there is no
/// half-held state. Waiters sleep on an [io.sluice.core.park.EventCount] beside it. Each has a static `recover`, which
/// finishes what a dead owner had begun, may be repeated from any step, and wakes everybody, since the dead one may
/// have been about to. Views over memory that was closed meanwhile act on pages that nobody else sees; each operation
/// looks at its end whether that was so, and says it.
///
/// Promised: a death at any instruction is the state before an operation or after it. Not promised: that permits,
/// events and latches are fair.
package io.sluice.core.sync;
