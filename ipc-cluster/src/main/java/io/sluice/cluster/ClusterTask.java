package io.sluice.cluster;

import io.sluice.cluster.Wire.Answer;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import java.io.Serial;
import java.util.List;
import java.util.concurrent.Callable;

/// What a worker of a member runs: the bytes of a task of another member. They are decoded here, in the worker, so that
/// what is wrong with them costs at most this process.
final class ClusterTask implements Task<byte[]> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String member;
    private final String[] allowed;
    private final byte[] task;
    private final byte[] batch;
    private final boolean each;

    /// @param member address of the member
    /// @param task an encoded task, or the encoded function of a batch
    /// @param batch elements; null for a task
    /// @param each whether an element that fails leaves the others alone
    ClusterTask(String member, List<String> allowed, byte[] task, byte[] batch, boolean each) {
        this.member = member;
        this.allowed = allowed.toArray(String[]::new);
        this.task = task;
        this.batch = batch;
        this.each = each;
    }

    @Override
    public byte[] call() {
        Wire wire = new Wire(List.of(allowed), ClusterOptions.ALLOW);
        String where = "member %s, worker %s".formatted(member, ProcessHandle.current().pid());
        try {
            Object decoded;
            Object[] elements;
            try {
                decoded = wire.readValue(task);
                elements = batch == null ? null : wire.readAll(batch);
            } catch (CodecException undecodable) {
                throw new CodecException(("member %s cannot decode the task: %s; start all members with the same class"
                        + " files").formatted(member, undecodable.getMessage()), undecodable);
            }
            return Answer.DONE.with(elements == null
                    ? wire.value(perform(decoded)) : wire.results(map(decoded, elements), where));
        } catch (OutOfMemoryError endOfTheWorker) {
            throw endOfTheWorker;
        } catch (Throwable failure) {
            return Answer.FAILED.with(wire.failure(failure, where));
        }
    }

    private static Object perform(Object task) throws Exception {
        if (task instanceof Callable<?> callable) {
            return callable.call();
        }
        if (task instanceof Action action) {
            action.act();
        } else {
            ((Runnable) task).run();
        }
        return null;
    }

    @SuppressWarnings("unchecked") // a batch comes with its function
    private Object[] map(Object function, Object[] elements) throws Exception {
        for (int i = 0; i < elements.length; i++) {
            try {
                elements[i] = ((TaskFunction<Object, Object>) function).apply(elements[i]);
            } catch (OutOfMemoryError endOfTheWorker) {
                throw endOfTheWorker;
            } catch (Throwable failure) {
                if (!each) {
                    throw failure;
                }
                elements[i] = new Failure(failure);
            }
        }
        return elements;
    }
}
