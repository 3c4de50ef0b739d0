package io.sluice.pool;

/// A worker of a pool, at one moment.
///
/// @param number of the worker; a replacement has a new one
/// @param pid its process id
/// @param ready whether it takes tasks
/// @param tasks how many it holds, the one that runs included
/// @param done how many it has done; a chunk of a map counts as one
public record WorkerInfo(int number, long pid, boolean ready, int tasks, long done) {}
