/// A pool of worker processes. Start at [io.sluice.pool.pool.ProcessPool].
///
/// A call becomes a job, a job is cut into pieces, and a piece is what a worker gets at a time. The scheduler gives
/// pieces to workers, the pump reads what comes back and completes the futures. Between the processes are a queue of
/// tasks and a few words for each worker, and one queue of results: objects that every user of `io.sluice.shm` has.
package io.sluice.pool.pool;
