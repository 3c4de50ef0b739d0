/// Pools of worker processes: an executor whose workers are JVMs, so that a task may crash without harm to its caller.
///
/// This package uses the public API of `io.sluice.shm` and nothing else: it is the first customer of that API and
/// proves that it suffices.
package io.sluice.pool;
