package io.sluice.pool.submission;

/// Names of tasks in errors and progress.
public final class TaskNames {
    private TaskNames() {}

    /// The name of a task or function.
    ///
    /// @param given its name in its options; null for one made of its class
    /// @param task the task
    /// @return the given name, that of the class, or for a lambda that of the class that has it
    public static String of(String given, Object task) {
        if (given != null) {
            return given;
        }
        String type = task.getClass().getName();
        int lambda = type.indexOf("$$Lambda");
        return lambda < 0 ? type : "lambda of " + type.substring(0, lambda);
    }
}
