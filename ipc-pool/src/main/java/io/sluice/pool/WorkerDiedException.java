package io.sluice.pool;

import io.sluice.pool.process.Exit;

/// The worker died while it ran this task: it was killed, crashed, ran out of memory, or the task ended it with
/// `System.exit`. How much of the task was done is unknown. Other tasks are not affected.
public final class WorkerDiedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long pid;
    private final transient Exit exit;
    private final String task;

    WorkerDiedException(String task, long pid, Exit exit, int attempts) {
        super("worker %d %s%s while it ran task '%s'%s; the pool goes on with another worker".formatted(
                pid, exit, hint(exit), task, attempts > 1 ? ", its attempt %d".formatted(attempts) : ""));
        this.task = task;
        this.pid = pid;
        this.exit = exit;
    }

    private static String hint(Exit exit) {
        return exit instanceof Exit.Returned(int code) && code == WorkerMain.OUT_OF_MEMORY
                ? " (also that of a worker out of memory; see its standard output, and jvmOptions(\"-Xmx...\"))"
                : "";
    }

    /// The process id of the worker.
    ///
    /// @return the id it had
    public long pid() {
        return pid;
    }

    /// How the worker ended.
    ///
    /// @return the exit; null after this exception has travelled to another process
    public Exit exit() {
        return exit;
    }

    /// The name of the task.
    ///
    /// @return as in [TaskOptions#name]
    public String task() {
        return task;
    }
}
