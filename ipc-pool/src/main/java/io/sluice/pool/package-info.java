/// Processes that run tasks: a pool of them with [ProcessPool], a single one with [io.sluice.pool.process.JavaProcess].
/// The tasks implement the interfaces of `io.sluice.pool.task`.
///
/// In a pool, a call becomes a job, a job is cut into chunks, and a worker gets one chunk at a time. The scheduler
/// gives chunks to workers; the result reader reads the results and completes the futures. Between the processes are a
/// queue of tasks and a few words for each worker, and one queue of results: objects that every user of `io.sluice.shm`
/// has. Only processes themselves need more: a descriptor of the parent, and memory without a name. These are native
/// calls, which live in `io.sluice.shm.linux`.
package io.sluice.pool;
