package io.sluice.pool.manager;

import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// A pool of the server's process. The future of each task is an object of the server, as long as its client has it.
final class PoolServer implements PoolService, AutoCloseable {
    private static final Contract FUTURE = Contract.of(FutureService.class, CompletableFuture.class);

    private final Server server;
    private final ProcessPool pool;

    /// @param allowed names of classes of the JDK that may travel besides values
    PoolServer(Server server, int workers, List<String> allowed) {
        this.server = server;
        this.pool = ProcessPool.builder().workers(workers).allow(allowed.toArray(String[]::new)).build();
    }

    @Override
    public Remote submit(Callable<?> task) {
        return server.export(pool.submit(task), FUTURE);
    }

    @Override
    public Remote submit(Task<?> task, TaskOptions options) {
        return server.export(pool.submit(task, options), FUTURE);
    }

    @Override
    public Remote submit(Runnable task, Object result) {
        return server.export(pool.submit(task, result), FUTURE);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    @Override
    public Chunk map(TaskFunction<Object, Object> function, Chunk arguments, TaskOptions options)
            throws ExecutionException, InterruptedException {
        return server.wire().packAll(pool.map(function, server.wire().unpack(arguments), options));
    }

    @Override
    public void shutdown() {
        pool.shutdown();
    }

    @Override
    public void terminate() {
        pool.terminate();
    }

    @Override
    public boolean isShutdown() {
        return pool.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return pool.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return pool.awaitTermination(timeout, unit);
    }

    /// Waits until the pool has ended, after [#terminate].
    @Override
    public void close() {
        pool.close();
    }
}
