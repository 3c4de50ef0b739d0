package io.sluice.pool.submission;

import io.sluice.core.park.Waiter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `invokeAll` and `invokeAny` of an executor, each as single calls with one deadline for all.
///
/// - **Threads:** any.
/// - **Blocking:** until all, or one, of the tasks are done; at most until the deadline.
/// - **Interrupts:** cancel the tasks that are not done.
/// - **Failures:** what a submission throws is thrown, and cancels the tasks that are not done.
public final class BulkCalls {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String executor;
    private final Submission submission;

    /// How the executor takes a task.
    @FunctionalInterface
    public interface Submission {
        /// Submits a task.
        ///
        /// @param task the task
        /// @param deadline of a wait for room, as [Waiter#deadline] gives it
        /// @param <T> type of its result
        /// @return its future. [BulkCalls#invokeAny] adds a stage to a `CompletableFuture`, and waits for any other one
        ///     in a virtual thread
        /// @throws TimeoutException if there was no room in time
        /// @throws InterruptedException if interrupted while waiting for room
        <T> Future<T> submit(Callable<T> task, long deadline) throws TimeoutException, InterruptedException;
    }

    /// Bulk calls of an executor.
    ///
    /// @param executor kind and name, for messages, such as `pool 'risk'`
    /// @param submission how it takes a task
    public BulkCalls(String executor, Submission submission) {
        this.executor = executor;
        this.submission = submission;
    }

    /// Runs all tasks and waits for them.
    ///
    /// @param tasks the tasks
    /// @param <T> type of their results
    /// @return the futures in the order of the tasks, all done, in an unmodifiable list
    /// @throws InterruptedException if interrupted before or while waiting
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return invokeAllUntil(tasks, Waiter.FOREVER);
    }

    /// Runs all tasks and waits for them, no longer than a time-out.
    ///
    /// @param tasks the tasks
    /// @param timeout for all of it
    /// @param unit of the time-out
    /// @param <T> type of their results
    /// @return the futures in the order of the tasks, all done; those that were late are cancelled
    /// @throws InterruptedException if interrupted before or while waiting
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        return invokeAllUntil(tasks, Waiter.deadline(unit.toNanos(timeout)));
    }

    private <T> List<Future<T>> invokeAllUntil(Collection<? extends Callable<T>> tasks, long deadline)
            throws InterruptedException {
        List<Future<T>> futures = new ArrayList<>(tasks.size());
        boolean allDone = false;
        try {
            boolean inTime = true;
            for (Callable<T> task : tasks) {
                inTime = inTime && submit(task, futures, deadline);
                if (!inTime) {
                    futures.add(new CompletableFuture<>());      // is cancelled below
                }
            }
            for (Future<T> future : futures) {
                inTime = inTime && await(future, deadline);
            }
            allDone = inTime;
            return List.copyOf(futures);
        } finally {
            if (!allDone) {
                cancel(futures);
            }
        }
    }

    /// Submits a task. @return false if there was no room for it in time
    private <T> boolean submit(Callable<T> task, List<Future<T>> futures, long deadline) throws InterruptedException {
        try {
            futures.add(submission.submit(task, deadline));
            return true;
        } catch (TimeoutException noRoom) {
            return false;
        }
    }

    /// Waits until a future is done. @return false if it is not in time
    private static boolean await(Future<?> future, long deadline) throws InterruptedException {
        try {
            if (deadline == Waiter.FOREVER) {
                var _ = future.get();
            } else {
                var _ = future.get(nanosUntil(deadline), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | CancellationException done) {
            // The caller asks the future.
        } catch (TimeoutException late) {
            return false;
        }
        return true;
    }

    private static long nanosUntil(long deadline) {
        return Math.max(0, deadline - System.nanoTime());
    }

    /// Runs all tasks until one succeeds, and cancels the others.
    ///
    /// @param tasks the tasks, 1 or more
    /// @param <T> type of their results
    /// @return the result of the one that succeeded
    /// @throws ExecutionException if all failed: the failure of the last one; or if the executor ended first
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalArgumentException if there are no tasks
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try {
            return invokeAnyUntil(tasks, Waiter.FOREVER);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Runs all tasks until one succeeds, and cancels the others; no longer than a time-out.
    ///
    /// @param tasks the tasks, 1 or more
    /// @param timeout for all of it
    /// @param unit of the time-out
    /// @param <T> type of their results
    /// @return the result of the one that succeeded
    /// @throws ExecutionException if all failed: the failure of the last one; or if the executor ended first
    /// @throws TimeoutException if none succeeded in time, or there was no room for one
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalArgumentException if there are no tasks
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return invokeAnyUntil(tasks, Waiter.deadline(unit.toNanos(timeout)));
    }

    private <T> T invokeAnyUntil(Collection<? extends Callable<T>> tasks, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("%s: invokeAny of no tasks; expected 1 or more".formatted(executor));
        }
        var ended = new LinkedBlockingQueue<Future<T>>();
        List<Future<T>> futures = new ArrayList<>(tasks.size());
        Iterator<? extends Callable<T>> waiting = tasks.iterator();
        try {
            Callable<T> task = waiting.next();
            boolean more = true;
            ExecutionException last = null;
            for (int left = tasks.size(); left > 0; ) {
                Future<T> next = more ? ended.poll() : takeUntil(ended, deadline);
                if (next != null) {
                    left--;
                    try {
                        return next.get();
                    } catch (ExecutionException failed) {
                        last = failed;
                    } catch (CancellationException ofTheExecutor) {
                        last = new ExecutionException("%s ended before one of %,d tasks succeeded".formatted(
                                executor, tasks.size()), ofTheExecutor);
                    }
                } else if (!more) {
                    throw new TimeoutException("%s: none of %,d tasks succeeded in time".formatted(
                            executor, tasks.size()));
                } else if (submitSoon(task, deadline, futures, ended)) {
                    more = waiting.hasNext();
                    task = more ? waiting.next() : null;
                }
            }
            throw last;
        } finally {
            cancel(futures);
        }
    }

    /// @return null if none has ended in time
    private static <T> Future<T> takeUntil(BlockingQueue<Future<T>> ended, long deadline) throws InterruptedException {
        return deadline == Waiter.FOREVER ? ended.take() : ended.poll(nanosUntil(deadline), TimeUnit.NANOSECONDS);
    }

    /// Submits a task, and waits for room no longer than the caller may be without a look at those that have ended.
    ///
    /// @return false if there was no room yet
    /// @throws TimeoutException if there was none until the deadline
    private <T> boolean submitSoon(Callable<T> task, long deadline, List<Future<T>> futures,
            BlockingQueue<Future<T>> ended) throws InterruptedException, TimeoutException {
        long soon = Waiter.deadline(LOOK_NANOS);
        boolean last = deadline != Waiter.FOREVER && deadline - soon <= 0;
        Future<T> future;
        try {
            future = submission.submit(task, last ? deadline : soon);
        } catch (TimeoutException noRoom) {
            if (last) {
                throw noRoom;
            }
            return false;
        }
        futures.add(future);
        whenDone(future, () -> ended.add(future));
        return true;
    }

    /// Runs an action once a future is done, also one that is cancelled.
    private static void whenDone(Future<?> future, Runnable action) {
        if (future instanceof CompletableFuture<?> stage) {
            var _ = stage.whenComplete((value, failure) -> action.run());
        } else {
            Thread.ofVirtual().name("sluice-invoke-any").start(() -> {
                try {
                    var _ = await(future, Waiter.FOREVER);
                } catch (RuntimeException | InterruptedException noAnswer) {
                    // The caller asks the future, and gets the same.
                } finally {
                    action.run();
                }
            });
        }
    }

    private static void cancel(List<? extends Future<?>> futures) {
        futures.forEach(future -> future.cancel(true));
    }
}
