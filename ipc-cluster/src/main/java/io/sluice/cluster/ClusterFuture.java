package io.sluice.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.locks.LockSupport;

/// The future of one submission, which is one call or, for a map, many.
///
/// @param <T> type of its result
final class ClusterFuture<T> extends CompletableFuture<T> implements RunnableFuture<T> {
    private static final long RETRY_NANOS = 1_000_000;

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

    /// Completes it with a failure. Nothing else completes it then; so without memory for that, this waits for it.
    void fail(Throwable failure) {
        for (;;) {
            try {
                completeExceptionally(failure);
                return;
            } catch (OutOfMemoryError noMemory) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
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
