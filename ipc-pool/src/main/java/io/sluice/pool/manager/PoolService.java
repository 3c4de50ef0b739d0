package io.sluice.pool.manager;

import io.sluice.pool.TaskOptions;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// What a client can call of a pool in the server.
interface PoolService {
    /// Submits a task.
    ///
    /// @return its future, a [FutureService]
    Remote submit(Callable<?> task);

    /// Submits a task.
    ///
    /// @param options without a progress listener, which does not travel
    /// @return its future, a [FutureService]
    Remote submit(Task<?> task, TaskOptions options);

    /// Submits a task.
    ///
    /// @param result of its future
    /// @return its future, a [FutureService]
    Remote submit(Runnable task, Object result);

    /// Submits a task without a future: the server logs what it throws.
    void execute(Runnable task);

    /// Applies a function to a batch of arguments.
    ///
    /// @param options without a progress listener
    /// @return a batch of the results
    Chunk map(TaskFunction<Object, Object> function, Chunk arguments, TaskOptions options)
            throws ExecutionException, InterruptedException;

    void shutdown();

    void terminate();

    boolean isShutdown();

    boolean isTerminated();

    boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException;
}
