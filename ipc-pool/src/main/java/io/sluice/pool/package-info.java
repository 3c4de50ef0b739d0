/// Processes at work: start one with [io.sluice.pool.process.JavaProcess], many with
/// [io.sluice.pool.pool.ProcessPool]; what they run are the interfaces of `io.sluice.pool.task`.
///
/// A pool is made of what every user of `io.sluice.shm` has, and proves that it suffices. Only processes themselves
/// need more: a descriptor of the parent, and memory without a name, which are native calls and hence at home in
/// `io.sluice.shm.linux`.
package io.sluice.pool;
