package io.sluice.pool.submission;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/// The failure of a task, in its future and out of it.
public final class TaskFailures {
    private TaskFailures() {}

    /// The failure of a future whose task threw. A `CompletableFuture` would take a bare `CancellationException` for
    /// its own cancellation, and unwrap a bare `CompletionException`.
    ///
    /// @param thrown by the task
    /// @return what the future is to be completed with
    public static Throwable ofTask(Throwable thrown) {
        return thrown instanceof CancellationException || thrown instanceof CompletionException
                ? new CompletionException(thrown) : thrown;
    }

    /// What the task threw.
    ///
    /// @param failure of its future
    /// @return the cause of a `CompletionException`, and any other failure itself
    public static Throwable thrown(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause() : failure;
    }
}
