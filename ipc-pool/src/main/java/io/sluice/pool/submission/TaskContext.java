package io.sluice.pool.submission;

import java.util.function.Supplier;

/// The context of a task: where it comes from when the task is submitted, and what has it while the task runs.
public final class TaskContext {
    /// The context of the task that runs in a thread. It is bound only around a task that has one: others pay nothing.
    public static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private TaskContext() {}

    /// The context of a task that is submitted: its own, or that of its executor.
    ///
    /// @param own from the options of the task; null for none
    /// @param ofExecutor makes the context, perhaps null; itself null for none
    /// @return the context; null for none
    public static String of(String own, Supplier<String> ofExecutor) {
        return own != null || ofExecutor == null ? own : ofExecutor.get();
    }
}
