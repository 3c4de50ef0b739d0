package io.sluice.pool;

import io.sluice.pool.codec.Values;
import io.sluice.pool.submission.TaskContext;
import io.sluice.pool.submission.TaskFailures;
import io.sluice.pool.task.Action;
import io.sluice.shm.object.KeptObjects;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/// A job that is one task.
///
/// @param <T> type of its result
final class CallJob<T> extends Job {
    private final Object task;
    private final T resultOfAction;
    private final Values values;
    private final PoolFuture<T> future;
    private final AtomicBoolean inBacklog = new AtomicBoolean(true);
    private Chunk chunk;

    /// @param task a `Callable` or a `Runnable`
    /// @param encoded the same as bytes
    /// @param resultOfAction value of the future if the task has no result of its own
    CallJob(TaskOptions options, String name, Object task, byte[] encoded, KeptObjects kept, T resultOfAction,
            Values values, PoolFuture<T> future) {
        super(options, name, Cost.of(task.getClass()), kept);
        this.task = task;
        this.resultOfAction = resultOfAction;
        this.values = values;
        this.future = future;
        this.chunk = new Chunk(this, 0, 1, 0, Message.Body.of(encoded));
        future.belongsTo(this);
    }

    @Override
    int kind() {
        return Message.CALL;
    }

    @Override
    Chunk cut(int workers) {
        Chunk only = chunk;
        chunk = null;
        return only;
    }

    @Override
    boolean hasMore() {
        return chunk != null;
    }

    @Override
    void deliver(Chunk whole, Message result) {
        Object value;
        try {
            value = values.decode(result.buffer, 0, result.length, handle -> {});
        } catch (RuntimeException | Error undecodable) {
            fail(whole, undecodable);
            return;
        }
        over();
        future.deliver(resultOf(value));
    }

    @Override
    void abandon(Throwable failure) {
        over();
        future.fail(failure);
    }

    @Override
    boolean isSingleChunk() {
        return true;
    }

    @Override
    boolean leaveBacklog() {
        return inBacklog.getPlain() && inBacklog.compareAndSet(true, false);
    }

    /// Adds the very object that was given to `execute`, or the future.
    @Override
    void addRunnable(List<Runnable> target) {
        target.add(task instanceof Runnable action ? action : future);
    }

    /// Runs a task.
    ///
    /// @param task a `Callable` or a `Runnable`
    /// @return its result; null if it has none
    static Object perform(Object task) throws Exception {
        if (task instanceof Callable<?> callable) {      // no switch over types: the JVM generates a class for it
            return callable.call();
        }
        if (task instanceof Action action) {
            action.act();                                // run() would wrap what it throws
        } else {
            ((Runnable) task).run();
        }
        return null;
    }

    @Override
    void runHere() {
        try {
            Object value = options.context() == null ? perform(task)
                    : ScopedValue.where(TaskContext.CURRENT, options.context()).call(() -> perform(task));
            future.deliver(resultOf(value));
        } catch (Throwable failure) {
            future.fail(TaskFailures.ofTask(failure));
        }
    }

    @SuppressWarnings("unchecked") // a task of T returns a T
    private T resultOf(Object value) {
        return task instanceof Callable<?> ? (T) value : resultOfAction;
    }
}
