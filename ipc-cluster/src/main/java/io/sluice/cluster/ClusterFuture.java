package io.sluice.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RunnableFuture;

/// The future of one submission, which is one call or, for a map, many.
///
/// @param <T> type of its result
final class ClusterFuture<T> extends CompletableFuture<T> implements RunnableFuture<T> {
    private final Dispatcher dispatcher;
    private volatile List<Call> calls = List.of();

    ClusterFuture(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        // However it is completed: what has not begun never begins.
        var _ = whenComplete((value, failure) -> dispatcher.withdraw(calls, false));
    }

    /// Set once, before the calls are submitted.
    void calls(List<Call> all) {
        calls = all;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    @Override
    public boolean cancel(boolean interrupt) {
        if (!isDone()) {
            dispatcher.withdraw(calls, interrupt);
        }
        return super.cancel(interrupt);
    }

    /// Gives the submission up, as its deadline has passed.
    void expire(Throwable why) {
        if (!isDone()) {
            dispatcher.withdraw(calls, true);
            completeExceptionally(why);
        }
    }

    /// Does nothing: a submission that `shutdownNow` returned is cancelled.
    @Override
    public void run() {}
}
