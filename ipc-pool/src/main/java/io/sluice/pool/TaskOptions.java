package io.sluice.pool;

import java.time.Duration;
import java.util.Objects;

/// How a job is to be treated. `TaskOptions.USUAL.named("risk").deadline(Duration.ofSeconds(1))`.
///
/// @param name what errors and progress call it; null for a name made of the task's class
/// @param priority the higher the sooner, under [Policy#PRIORITY]
/// @param deadline how long after the submission it is given up: its future fails with `TimeoutException`, and the task
///     is treated as by `cancel(true)`; null for none
/// @param retries how often a task is begun again whose worker died; 0 unless the tasks are idempotent
/// @param chunkSize how many elements of a map travel together; 0 lets the pool choose, from how long they take
/// @param progress is told how far a map has come; null for nobody
public record TaskOptions(
        String name, int priority, Duration deadline, int retries, int chunkSize, ProgressListener progress) {
    /// What fits most.
    public static final TaskOptions USUAL = new TaskOptions(null, 0, null, 0, 0, null);

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public TaskOptions {
        if (retries < 0) {
            throw new IllegalArgumentException("task options: %,d retries is negative".formatted(retries));
        }
        if (chunkSize < 0) {
            throw new IllegalArgumentException(
                    "task options: a chunk of %,d elements; expected 1 or more, or 0 for the pool's choice".formatted(
                            chunkSize));
        }
        if (deadline != null && !deadline.isPositive()) {
            throw new IllegalArgumentException("task options: the deadline %s is not ahead".formatted(deadline));
        }
    }

    /// The same with a name.
    ///
    /// @param wish the name
    /// @return new options
    public TaskOptions named(String wish) {
        return new TaskOptions(Objects.requireNonNull(wish, "name"), priority, deadline, retries, chunkSize, progress);
    }

    /// The same with a priority.
    ///
    /// @param wish the higher the sooner
    /// @return new options
    public TaskOptions priority(int wish) {
        return new TaskOptions(name, wish, deadline, retries, chunkSize, progress);
    }

    /// The same with a deadline.
    ///
    /// @param wish after the submission
    /// @return new options
    public TaskOptions deadline(Duration wish) {
        return new TaskOptions(name, priority, wish, retries, chunkSize, progress);
    }

    /// The same for tasks that may be begun again if their worker dies: they can run twice without harm.
    ///
    /// @param times how often at most
    /// @return new options
    public TaskOptions idempotent(int times) {
        return new TaskOptions(name, priority, deadline, times, chunkSize, progress);
    }

    /// The same with a chunk size.
    ///
    /// @param elements how many travel together, 1 or more
    /// @return new options
    public TaskOptions chunkSize(int elements) {
        if (elements < 1) {
            throw new IllegalArgumentException("chunk size %,d; expected 1 or more".formatted(elements));
        }
        return new TaskOptions(name, priority, deadline, retries, elements, progress);
    }

    /// The same with a listener.
    ///
    /// @param listener is told how far a map has come
    /// @return new options
    public TaskOptions onProgress(ProgressListener listener) {
        return new TaskOptions(name, priority, deadline, retries, chunkSize, listener);
    }
}
