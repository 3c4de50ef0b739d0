package io.sluice.cluster;

import io.sluice.pool.submission.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// The future of one submission, which is one call or, for a map, many. Once it is done, a future that stays reachable
/// keeps its value reachable, and neither the tasks nor a timer.
///
/// @param <T> type of its result
final class ClusterFuture<T> extends CompletableFuture<T> implements RunnableFuture<T> {
    private static final long RETRY_NANOS = 1_000_000;

    private final Dispatcher dispatcher;
    private volatile List<Call> calls = List.of();

    ClusterFuture(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        // However it is completed: what has not begun never begins.
        var _ = whenComplete((value, failure) -> {
            dispatcher.withdraw(calls, false);
            calls = List.of();
        });
    }

    /// Set once, before the calls are taken. Their deadline counts from here: without memory for its timer nothing is
    /// submitted.
    void calls(List<Call> all) {
        calls = all;
        expiresAfter(all.getFirst().deadline, all.getFirst().name);
    }

    /// Whether a member may have begun a call of it; for the dispatcher, which holds its own lock.
    boolean isBegun() {
        for (Call call : calls) {
            if (call.attempts > 0) {
                return true;
            }
        }
        return false;
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

    /// Completes it with a failure. Nothing else completes it then; so without memory for that, this waits for it. The
    /// calls of a map that have not begun are withdrawn first, as a stage of a user that blocks may run before that of
    /// this.
    void fail(Throwable failure) {
        for (;;) {
            try {
                dispatcher.withdraw(calls, false);
                completeExceptionally(failure);
                return;
            } catch (OutOfMemoryError noMemory) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private void expiresAfter(Duration time, String task) {
        if (time != null) {
            Timer deadline = Timer.after(TimeUnit.NANOSECONDS.convert(time), () -> expire(new TimeoutException(
                    "task '%s' was not done within its deadline of %s".formatted(task, time))));
            var _ = whenComplete((value, failure) -> deadline.cancel());
        }
    }

    private void expire(Throwable why) {
        if (!isDone()) {
            dispatcher.withdraw(calls, true);
            completeExceptionally(why);
        }
    }

    /// Does nothing: a submission that `shutdownNow` returned is cancelled.
    @Override
    public void run() {}
}
