/// Processes: JVMs that are started on a task. Start at [io.sluice.pool.process.JavaProcess].
///
/// A process gets its task, its name and its handles through memory that only its parent and this user can reach, and
/// leaves word there how it ended. Daemon processes leave when their parent dies, whatever killed it; the others are
/// waited for when it ends.
package io.sluice.pool.process;
