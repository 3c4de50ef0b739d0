package io.sluice.pool.submission;

import io.sluice.pool.log.Log;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// One callback for the result of a submission, and one for its failure.
///
/// @param executor kind and, if known, name of the executor, for the log, such as `pool`
/// @param callback gets the result
/// @param errorCallback gets what the task threw, or the cancellation of the future
/// @param <T> type of the result
public record Callbacks<T>(
        String executor, Consumer<? super T> callback, Consumer<? super Throwable> errorCallback) {
    /// Checks that both are there.
    public Callbacks {
        Objects.requireNonNull(callback, "callback");
        Objects.requireNonNull(errorCallback, "errorCallback");
    }

    /// Adds the callbacks to a future, as a stage; what they throw is logged. Called before the future can be done: so
    /// they run in no thread that submits.
    ///
    /// @param future of the submission
    public void addTo(CompletableFuture<? extends T> future) {
        var _ = future.whenComplete((value, failure) -> {
            try {
                if (failure == null) {
                    callback.accept(value);
                } else {
                    errorCallback.accept(TaskFailures.thrown(failure));
                }
            } catch (Throwable ofTheCallback) {
                Log.warning(executor + ": a callback failed", ofTheCallback);
            }
        });
    }
}
