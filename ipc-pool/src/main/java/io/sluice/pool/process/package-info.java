/// Processes: JVMs that are started to run a task. Start at [io.sluice.pool.process.JavaProcess].
///
/// A process gets its task, its name and its handles through memory that only the same user can open while the parent
/// lives, and reports its end there. Daemon processes leave when their parent dies by any cause; the others are waited
/// for when it ends.
package io.sluice.pool.process;
