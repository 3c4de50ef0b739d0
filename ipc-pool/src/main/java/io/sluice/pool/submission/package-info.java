/// What the executors of Sluice share at their front, whatever carries the tasks: the pool of processes, that of a
/// manager, and that of a cluster.
///
/// [io.sluice.pool.submission.BulkCalls] makes `invokeAll` and `invokeAny` of single submissions,
/// [io.sluice.pool.submission.Callbacks] runs the callbacks of one, [io.sluice.pool.submission.ProgressReports] tells a
/// listener how far a map is, [io.sluice.pool.submission.Room] waits for room in a backlog,
/// [io.sluice.pool.submission.Timer] ends what is late, and [io.sluice.pool.submission.MustRun] runs what must not be
/// lost when memory is short.
/// [io.sluice.pool.submission.TaskContext] gives a task the context of its executor,
/// [io.sluice.pool.submission.TaskFailures] tells the failure of a task from the cancellation of its future, and
/// [io.sluice.pool.submission.TaskNames] names a task.
package io.sluice.pool.submission;
