package io.sluice.pool.manager;

import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// What a client can call of a pool in the server.
interface PoolService {
    /// Submits a task.
    ///
    /// @return its future, a [FutureService]
    Remote submit(Task<?> task);

    /// Applies a function to a batch of arguments.
    ///
    /// @return a batch of the results
    Chunk map(TaskFunction<Object, Object> function, Chunk arguments) throws ExecutionException, InterruptedException;

    void shutdown();

    void terminate();

    boolean isShutdown();

    boolean isTerminated();

    boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException;
}
