package io.sluice.pool;

/// A snapshot of a worker of a pool.
///
/// @param number of the worker; a replacement has a new one
/// @param pid its process id
/// @param ready whether it takes tasks
/// @param tasks number of tasks that it holds, with the running one
/// @param done number of tasks that it has done; a chunk of a map counts as one
public record WorkerInfo(int number, long pid, boolean ready, int tasks, long done) {}
