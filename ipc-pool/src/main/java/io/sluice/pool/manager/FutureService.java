package io.sluice.pool.manager;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What a client can call of the future of a task in the server's pool: methods of `CompletableFuture`.
interface FutureService {
    Object get() throws InterruptedException, ExecutionException;

    Object get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException;

    boolean cancel(boolean interrupt);

    boolean isDone();

    boolean isCancelled();
}
