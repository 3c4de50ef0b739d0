package io.sluice.cluster;

import io.sluice.pool.TaskOptions;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// What travels to one member and has one answer: a task, or a function with a part of the elements of a map. The
/// dispatcher changes it, holding its own lock.
final class Call {
    final ClusterFuture<?> owner;
    final String name;
    final byte[] task;
    /// Null for a single task.
    final byte[] batch;
    final boolean each;
    final int retries;
    /// Null for none.
    final String context;
    /// What `shutdownNow` returns.
    final Runnable runnable;
    private final Consumer<byte[]> whenDone;

    /// How often it was given to a member that may have begun it.
    int attempts;
    State state = State.WAITING;
    /// While it is sent.
    Future<byte[]> sent;

    enum State { WAITING, SENT, WITHDRAWN, OVER }

    Call(ClusterFuture<?> owner, String name, byte[] task, byte[] batch, boolean each, TaskOptions how,
            Runnable runnable, Consumer<byte[]> whenDone) {
        this.owner = owner;
        this.name = name;
        this.task = task;
        this.batch = batch;
        this.each = each;
        this.retries = how.retries();
        this.context = how.context();
        this.runnable = runnable;
        this.whenDone = whenDone;
    }

    /// Takes the result; what does not decode fails the whole.
    void done(byte[] result) {
        try {
            whenDone.accept(result);
        } catch (RuntimeException | Error undecodable) {
            owner.fail(undecodable);
        }
    }
}
