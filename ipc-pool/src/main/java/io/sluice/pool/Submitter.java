package io.sluice.pool;

import io.sluice.core.memory.StackRoom;
import io.sluice.core.park.Waiter;
import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Values;
import io.sluice.pool.submission.TaskContext;
import io.sluice.pool.submission.TaskNames;
import io.sluice.pool.task.TaskFunction;
import io.sluice.shm.object.KeptObjects;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Makes jobs of tasks and functions, and gives them to the scheduler: encode, enter the backlog, start.
///
/// - **Threads:** any.
/// - **Errors:** a job that was not started keeps nothing: its captured objects are closed, its place in the backlog is
///   free.
final class Submitter {
    private final String poolName;
    private final Values values;
    private final Buffers buffers;
    private final Admission admission;
    private final Scheduler scheduler;
    private final ResultReader resultReader;
    /// Makes the context of a task that brings none; null for no context.
    private final Supplier<String> contexts;
    /// What the functions of unfinished streams captured. A reader may abandon its stream without closing it.
    private final Set<KeptObjects> keptByStreams = ConcurrentHashMap.newKeySet();

    Submitter(String poolName, Values values, Buffers buffers, Admission admission, Scheduler scheduler,
            ResultReader resultReader, Supplier<String> contexts) {
        this.poolName = poolName;
        this.values = values;
        this.buffers = buffers;
        this.admission = admission;
        this.scheduler = scheduler;
        this.resultReader = resultReader;
        this.contexts = contexts;
    }

    /// A future without a job, for a submission.
    <T> PoolFuture<T> newFuture() {
        return new PoolFuture<>(scheduler, resultReader);
    }

    // Single tasks.

    /// Submits a task; waits for room in the backlog without limit.
    ///
    /// @param wake whether another thread is to read the results; false for a caller that reads them itself
    /// @throws RejectedExecutionException also if interrupted while waiting for room; the thread is interrupted then
    <T> PoolFuture<T> call(Object task, TaskOptions options, boolean wake) {
        return call(task, null, options, wake);
    }

    /// As [#call(Object, TaskOptions, boolean)].
    ///
    /// @param result value of the future if the task has no result of its own
    <T> PoolFuture<T> call(Object task, T result, TaskOptions options, boolean wake) {
        PoolFuture<T> future = newFuture();
        submit(future, task, result, options, wake);
        return future;
    }

    /// As [#call(Object, TaskOptions, boolean)], for a future that may have stages already.
    <T> void submit(PoolFuture<T> future, Object task, T result, TaskOptions options, boolean wake) {
        try {
            submit(future, task, result, options, wake, Waiter.FOREVER);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException(
                    "pool '%s': interrupted while waiting for room in its backlog".formatted(poolName), interrupted);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Submits a task of a bulk call.
    ///
    /// @param deadline of the wait for room in the backlog, as [Waiter#deadline] gives it
    /// @throws TimeoutException if there was no room in time
    <T> PoolFuture<T> call(Callable<T> task, long deadline) throws InterruptedException, TimeoutException {
        return call(task, null, TaskOptions.defaults(), true, deadline);
    }

    /// Submits a task.
    ///
    /// @param result value of the future if the task has no result of its own
    /// @param wake whether another thread is to read the results; false for a caller that reads them itself
    /// @param deadline of the wait for room in the backlog, as [Waiter#deadline] gives it
    /// @throws InterruptedException if interrupted while waiting for room
    /// @throws TimeoutException if there was no room in time
    <T> PoolFuture<T> call(Object task, T result, TaskOptions options, boolean wake, long deadline)
            throws InterruptedException, TimeoutException {
        PoolFuture<T> future = newFuture();
        submit(future, task, result, options, wake, deadline);
        return future;
    }

    private <T> void submit(
            PoolFuture<T> future, Object task, T result, TaskOptions options, boolean wake, long deadline)
            throws InterruptedException, TimeoutException {
        StackRoom.probeDeep();
        Objects.requireNonNull(task, "task");
        String jobName = nameOf(task, options);
        TaskOptions complete = withContext(options);
        KeptObjects captured = new KeptObjects();
        byte[] encoded = buffers.encode(values, task, captured);
        CallJob<T> job = null;
        boolean entered = false;
        boolean started = false;
        try {
            job = new CallJob<>(complete, jobName, task, encoded, captured, result, values, future);
            checkWorking();
            entered = enter(deadline);
            if (entered) {
                start(job, future, wake);
                started = true;
            } else {
                var _ = job.leaveBacklog();
                job.runHere();
            }
        } finally {
            if (!started) {
                end(job, captured);
                if (entered) {
                    admission.left(job);
                }
            }
        }
    }

    /// A pool that breaks while the caller waits says why.
    private boolean enter(long deadline) throws InterruptedException, TimeoutException {
        try {
            return admission.enter(deadline);
        } catch (RejectedExecutionException refused) {
            checkWorking();
            throw refused;
        }
    }

    private void start(Job job, PoolFuture<?> future, boolean wake) {
        Duration deadline = job.options.deadline();
        if (deadline != null) {
            future.expiresAfter(deadline);   // it may pass at once: then the scheduler finds that the job is over
        }
        scheduler.submitted(job);
        resultReader.submitted(wake);
    }

    /// Ends a job that was not started.
    ///
    /// @param job null if there was no memory for it
    private static void end(Job job, KeptObjects captured) {
        if (job != null) {
            job.over();
        }
        Job.release(captured);
    }

    private void checkWorking() {
        if (scheduler.broken() != null) {
            throw new BrokenPoolException(scheduler.broken().getMessage(), scheduler.broken().getCause());
        }
        if (scheduler.state() != Scheduler.State.RUNNING) {
            throw new RejectedExecutionException("pool '%s' was shut down".formatted(poolName));
        }
    }

    /// Called before anything is encoded: missing options are refused while nothing is kept.
    private static String nameOf(Object task, TaskOptions options) {
        return TaskNames.of(Objects.requireNonNull(options, "options").name(), task);
    }

    // One function, many elements.

    /// Submits a function and all its elements.
    ///
    /// @param wake whether another thread is to read the results; false for a caller that reads them itself
    <A, R> PoolFuture<List<R>> map(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions options,
            boolean wake) {
        PoolFuture<List<R>> future = newFuture();
        submit(future, function, elements, options, wake);
        return future;
    }

    /// As [#map], for a future that may have stages already.
    <A, R> void submit(
            PoolFuture<List<R>> future, TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements,
            TaskOptions options, boolean wake) {
        StackRoom.probeDeep();
        String jobName = nameOf(Objects.requireNonNull(function, "function"), options);
        TaskOptions complete = withContext(options);
        KeptObjects captured = new KeptObjects();
        byte[] encoded = buffers.encode(values, function, captured);
        MapJob<R> job = null;
        boolean started = false;
        try {
            Batch batch = captured.collect(() -> Batch.encodeAll(values, elements));
            job = new MapJob<>(
                    complete, jobName, encoded, Cost.of(function.getClass()), batch, captured, values, future);
            checkWorking();
            if (batch.size() == 0) {
                future.deliver(List.of());
            } else {
                start(job, future, wake);
                started = true;
            }
        } finally {
            if (!started) {
                end(job, captured);
            }
        }
    }

    /// The options of a task with the context of this pool, unless they have one.
    private TaskOptions withContext(TaskOptions options) {
        String context = TaskContext.of(options.context(), contexts);
        return context == null ? options : options.withContext(context);
    }

    /// Makes the results of a function whose elements are read, and submitted, as the results are.
    ///
    /// @param window how many elements are on their way at most
    /// @param ordered whether the results come in the order of the elements
    /// @throws IllegalArgumentException if the window is out of its range
    <A, R> Results<R> stream(TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements,
            TaskOptions options, int window, boolean ordered) {
        if (window < 1 || window > 1 << 20) {
            throw new IllegalArgumentException("pool: a window of %,d elements is not between 1 and %,d".formatted(
                    window, 1 << 20));
        }
        checkWorking();
        String jobName = nameOf(Objects.requireNonNull(function, "function"), options);
        TaskOptions complete = withContext(options);
        Iterator<?> source = elements.iterator();
        KeptObjects captured = new KeptObjects();
        byte[] encoded = buffers.encode(values, function, captured);
        boolean made = false;
        try {
            Results<R> results = new Results<>(
                    scheduler, resultReader, source, Math.max(1, options.chunkSize()), window, ordered,
                    receiver -> new StreamJob(complete, jobName, encoded, Cost.of(function.getClass()), captured,
                            values, keptByStreams, receiver));
            if (!captured.isEmpty()) {
                keptByStreams.add(captured);     // before the check: if the pool is not over yet, its end closes this
            }
            made = !scheduler.isOver();
            return results;
        } finally {
            if (!made) {
                Job.release(captured);
                keptByStreams.remove(captured);
            }
        }
    }

    /// Closes what the functions of unfinished streams captured, at the end of the pool.
    void closeStreams() {
        keptByStreams.forEach(Job::release);
    }
}
