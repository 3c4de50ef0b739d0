package io.sluice.pool.manager;

import io.sluice.pool.TaskOptions;
import io.sluice.pool.submission.BulkCalls;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import java.io.Serial;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A pool that lives in a manager's server. Each call is one of the server; a wait for a result waits there.
final class ManagedPool implements Manager.Pool, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Remote remote;
    private final int workers;

    ManagedPool(Remote remote, int workers) {
        this.remote = remote;
        this.workers = workers;
    }

    private PoolService pool() {
        return remote.as(PoolService.class);
    }

    /// The future of a task, in the server.
    @SuppressWarnings("unchecked")       // what the task returned
    private record Result<T>(FutureService future) implements Future<T> {
        @Override
        public T get() throws InterruptedException, ExecutionException {
            return (T) future.get();
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            return (T) future.get(timeout, unit);
        }

        @Override
        public boolean cancel(boolean interrupt) {
            return future.cancel(interrupt);
        }

        @Override
        public boolean isDone() {
            return future.isDone();
        }

        @Override
        public boolean isCancelled() {
            return future.isCancelled();
        }
    }

    private static <T> Future<T> result(Remote future) {
        return new Result<>(future.as(FutureService.class));
    }

    @Override
    public <T> Future<T> submit(Task<T> task) {
        return submit((Callable<T>) task);
    }

    @Override
    public <T> Future<T> submit(Task<T> task, TaskOptions options) {
        return result(pool().submit(Objects.requireNonNull(task, "task"), checked(options)));
    }

    private TaskOptions checked(TaskOptions options) {
        if (options.progress() != null) {
            throw new IllegalArgumentException(("%s: a progress listener does not travel to the server; leave it out,"
                    + " or map parts and report each").formatted(this));
        }
        return options;
    }

    @Override
    public <T> Future<T> submit(Callable<T> task) {
        return result(pool().submit(Objects.requireNonNull(task, "task")));
    }

    @Override
    public <T> Future<T> submit(Runnable task, T result) {
        return result(pool().submit(Objects.requireNonNull(task, "task"), result));
    }

    @Override
    public Future<?> submit(Runnable task) {
        return submit(task, null);
    }

    @Override
    public void execute(Runnable task) {
        pool().execute(Objects.requireNonNull(task, "task"));
    }

    @Override
    public <A, R> List<R> map(TaskFunction<? super A, ? extends R> function, Collection<? extends A> arguments)
            throws ExecutionException, InterruptedException {
        return map(function, arguments, TaskOptions.defaults());
    }

    @Override
    @SuppressWarnings("unchecked")       // of the function's results
    public <A, R> List<R> map(TaskFunction<? super A, ? extends R> function, Collection<? extends A> arguments,
            TaskOptions options) throws ExecutionException, InterruptedException {
        Chunk all = remote.link().packAll(List.copyOf(arguments));
        return (List<R>) remote.unpack(pool().map(
                (TaskFunction<Object, Object>) Objects.requireNonNull(function, "function"), all, checked(options)));
    }

    private BulkCalls bulkCalls() {
        return new BulkCalls(toString(), this::submit);
    }

    private <T> Future<T> submit(Callable<T> task, long deadlineForRoom) {
        return submit(task);             // for room, the server waits
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return bulkCalls().invokeAll(tasks);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        return bulkCalls().invokeAll(tasks, timeout, unit);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        return bulkCalls().invokeAny(tasks);
    }

    /// Waits for each in a virtual thread, so each has a connection.
    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return bulkCalls().invokeAny(tasks, timeout, unit);
    }

    @Override
    public int size() {
        return workers;
    }

    @Override
    public void shutdown() {
        pool().shutdown();
    }

    @Override
    public void terminate() {
        pool().terminate();
    }

    @Override
    public List<Runnable> shutdownNow() {
        terminate();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return pool().isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return pool().isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return pool().awaitTermination(timeout, unit);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ManagedPool that && remote.equals(that.remote);
    }

    @Override
    public int hashCode() {
        return remote.hashCode();
    }

    @Override
    public String toString() {
        return "pool of %s, %,d workers".formatted(remote, workers);
    }
}
