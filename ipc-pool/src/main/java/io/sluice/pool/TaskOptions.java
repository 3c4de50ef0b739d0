package io.sluice.pool;

import io.sluice.pool.ProcessPoolBuilder.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

/// How a pool treats a job: `TaskOptions.defaults().withName("risk").withDeadline(Duration.ofSeconds(1))`.
///
/// @param name its name in errors and progress; null for a name made of the task's class
/// @param priority higher is sooner, under [Policy#PRIORITY]
/// @param deadline time after the submission when it is given up: its future fails with `TimeoutException`, and the
///     task is treated as by `cancel(true)`; null for none
/// @param retries how often a task is begun again after the death of its worker; 0 unless the tasks are idempotent
/// @param chunkSize number of elements of a map that travel together, at most 1,048,576; 0 lets the pool choose by
///     their running time
/// @param progress receives the progress of a map; null for no reports
/// @param context a text that the task reads by [ProcessPool#taskContext()], at most 1,024 bytes in UTF-8; null for
///     that of the pool, see [ProcessPoolBuilder#taskContext]
public record TaskOptions(
        String name, int priority, Duration deadline, int retries, int chunkSize, Progress.Listener progress,
        String context) {
    /// Largest size of a context, in bytes of UTF-8.
    static final int MAX_CONTEXT_BYTES = 1024;

    private static final int MAX_CHUNK = 1 << 20;

    private static final TaskOptions USUAL = new TaskOptions(null, 0, null, 0, 0, null, null);

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public TaskOptions {
        if (retries < 0) {
            throw new IllegalArgumentException("task options: %,d retries; expected 0 or more".formatted(retries));
        }
        if (chunkSize < 0 || chunkSize > MAX_CHUNK) {
            throw new IllegalArgumentException(
                    "task options: a chunk of %,d elements; expected 1 to %,d, or 0 for the pool's choice".formatted(
                            chunkSize, MAX_CHUNK));
        }
        if (deadline != null && !deadline.isPositive()) {
            throw new IllegalArgumentException("task options: the deadline %s is not positive".formatted(deadline));
        }
        if (context != null) {
            int bytes = context.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_CONTEXT_BYTES) {
                throw new IllegalArgumentException(
                        "task options: a context of %,d bytes; expected at most %,d; pass more as an argument"
                                .formatted(bytes, MAX_CONTEXT_BYTES));
            }
        }
    }

    /// No name, priority 0, no deadline, no retries, a chunk size chosen by the pool, no reports, no context.
    ///
    /// @return the options
    public static TaskOptions defaults() {
        return USUAL;
    }

    /// The same with a name.
    ///
    /// @param newName name in errors and progress
    /// @return new options
    public TaskOptions withName(String newName) {
        Objects.requireNonNull(newName, "name");
        return new TaskOptions(newName, priority, deadline, retries, chunkSize, progress, context);
    }

    /// The same with a priority.
    ///
    /// @param newPriority higher is sooner
    /// @return new options
    public TaskOptions withPriority(int newPriority) {
        return new TaskOptions(name, newPriority, deadline, retries, chunkSize, progress, context);
    }

    /// The same with a deadline.
    ///
    /// @param afterSubmission time from the submission on
    /// @return new options
    public TaskOptions withDeadline(Duration afterSubmission) {
        return new TaskOptions(name, priority, afterSubmission, retries, chunkSize, progress, context);
    }

    /// The same for tasks that are begun again if their worker dies. They must be idempotent: a worker may die after
    /// the task has done its work.
    ///
    /// @param times largest number of retries
    /// @return new options
    public TaskOptions withRetries(int times) {
        return new TaskOptions(name, priority, deadline, times, chunkSize, progress, context);
    }

    /// The same with a chunk size.
    ///
    /// @param elements number of elements that travel together, 1 to 1,048,576
    /// @return new options
    public TaskOptions withChunkSize(int elements) {
        if (elements < 1) {
            throw new IllegalArgumentException(
                    "task options: a chunk of %,d elements; expected 1 to %,d".formatted(elements, MAX_CHUNK));
        }
        return new TaskOptions(name, priority, deadline, retries, elements, progress, context);
    }

    /// The same with a listener.
    ///
    /// @param listener receives the progress of a map
    /// @return new options
    public TaskOptions withProgress(Progress.Listener listener) {
        return new TaskOptions(name, priority, deadline, retries, chunkSize, listener, context);
    }

    /// The same with a context, such as the `traceparent` of the current span. Each attempt and each chunk carries it.
    ///
    /// @param text what [ProcessPool#taskContext()] returns in the task, at most 1,024 bytes in UTF-8; it replaces that
    ///     of the pool, also if it is empty
    /// @return new options
    /// @throws IllegalArgumentException if it is longer
    public TaskOptions withContext(String text) {
        Objects.requireNonNull(text, "context");
        return new TaskOptions(name, priority, deadline, retries, chunkSize, progress, text);
    }
}
