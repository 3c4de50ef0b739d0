package io.sluice.pool;

import java.util.function.Supplier;

/// The context of the task that runs in a thread. It is bound only around a task that has one: others pay nothing.
final class TaskContext {
    static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private TaskContext() {}

    /// The options with the context of the pool, unless they have one.
    ///
    /// @param ofPool null for none
    static TaskOptions complete(TaskOptions options, Supplier<String> ofPool) {
        if (ofPool == null || options.context() != null) {
            return options;
        }
        String context = ofPool.get();
        return context == null ? options : options.withContext(context);
    }
}
