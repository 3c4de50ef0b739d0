package io.sluice.pool;

import io.sluice.core.park.Waiter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `invokeAll` and `invokeAny` of a pool, each as single calls with one deadline for all.
///
/// - **Threads:** any.
/// - **Blocking:** until all, or one, of the tasks are done; at most until the deadline, as [Waiter#deadline] gives it.
/// - **Interrupts:** cancel the tasks that are not done.
final class BulkCalls {
    private final String poolName;
    private final Submitter submitter;

    BulkCalls(String poolName, Submitter submitter) {
        this.poolName = poolName;
        this.submitter = submitter;
    }

    /// Runs all tasks and waits for them.
    ///
    /// @return the futures in the order of the tasks, all done; those that missed the deadline are cancelled
    <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long deadline)
            throws InterruptedException {
        List<PoolFuture<T>> futures = new ArrayList<>(tasks.size());
        boolean allDone = false;
        try {
            boolean inTime = true;
            for (Callable<T> task : tasks) {
                inTime = inTime && invoke(task, futures, deadline);
                if (!inTime) {
                    futures.add(submitter.newFuture());      // is cancelled below
                }
            }
            for (PoolFuture<T> future : futures) {
                inTime = inTime && future.await(deadline);
            }
            allDone = inTime;
            return List.copyOf(futures);
        } finally {
            if (!allDone) {
                futures.forEach(future -> future.cancel(true));
            }
        }
    }

    /// Submits a task. @return false if there was no room for it in time
    private <T> boolean invoke(Callable<T> task, List<PoolFuture<T>> futures, long deadline)
            throws InterruptedException {
        try {
            futures.add(submitter.call(task, null, TaskOptions.defaults(), true, deadline));
            return true;
        } catch (TimeoutException noRoom) {
            return false;
        }
    }

    /// Runs all tasks until one succeeds, and cancels the others.
    ///
    /// @return the result of that one
    /// @throws ExecutionException if all failed: the failure of the last one; or if the pool ended first
    /// @throws TimeoutException if none succeeded in time
    <T> T invokeAny(Collection<? extends Callable<T>> tasks, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException(
                    "pool '%s': invokeAny of no tasks; expected 1 or more".formatted(poolName));
        }
        var ended = new LinkedBlockingQueue<PoolFuture<T>>();
        List<PoolFuture<T>> futures = new ArrayList<>(tasks.size());
        try {
            for (Callable<T> task : tasks) {
                PoolFuture<T> future = submitter.call(task, null, TaskOptions.defaults(), true, deadline);
                futures.add(future);
                var _ = future.whenComplete((value, failure) -> ended.add(future));
            }
            for (int left = futures.size();; left--) {
                PoolFuture<T> next = deadline == Waiter.FOREVER
                        ? ended.take()
                        : ended.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new TimeoutException("pool '%s': none of %,d tasks succeeded in time".formatted(
                            poolName, tasks.size()));
                }
                if (!next.isCompletedExceptionally() || left == 1) {
                    return next.get();
                }
            }
        } catch (CancellationException ofThePool) {
            throw new ExecutionException("pool '%s' ended before one of %,d tasks succeeded".formatted(
                    poolName, tasks.size()), ofThePool);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }
}
