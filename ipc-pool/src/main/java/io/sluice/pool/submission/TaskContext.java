package io.sluice.pool.submission;

import io.sluice.pool.TaskOptions;
import java.util.function.Supplier;

/// The context of a task: where it comes from when the task is submitted, and what has it while the task runs.
public final class TaskContext {
    /// The context of the task that runs in a thread. It is bound only around a task that has one: others pay nothing.
    public static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private TaskContext() {}

    /// The options of a task with the context of its executor, unless they have one.
    ///
    /// @param options of the task
    /// @param ofExecutor makes the context, perhaps null; itself null for none
    /// @return the options, with the context if there is one
    public static TaskOptions complete(TaskOptions options, Supplier<String> ofExecutor) {
        if (ofExecutor == null || options.context() != null) {
            return options;
        }
        String context = ofExecutor.get();
        return context == null ? options : options.withContext(context);
    }
}
