package io.sluice.cluster;

import com.hazelcast.cluster.Member;
import io.sluice.pool.TaskOptions;
import java.time.Duration;
import java.util.concurrent.Future;

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
    final Duration deadline;
    /// Null for none.
    final String context;
    /// What `shutdownNow` returns.
    final Runnable runnable;
    private final Taker whenDone;

    /// How often it was given to a member that may have begun it.
    int attempts;
    State state = State.WAITING;
    /// While it is sent.
    Future<byte[]> sent;

    enum State { WAITING, SENT, WITHDRAWN, OVER }

    /// Takes the result that a member has answered.
    interface Taker {
        void take(byte[] result, Member member);
    }

    Call(ClusterFuture<?> owner, String name, byte[] task, byte[] batch, boolean each, TaskOptions how,
            Runnable runnable, Taker whenDone) {
        this.owner = owner;
        this.name = name;
        this.task = task;
        this.batch = batch;
        this.each = each;
        this.retries = how.retries();
        this.deadline = how.deadline();
        this.context = how.context();
        this.runnable = runnable;
        this.whenDone = whenDone;
    }

    /// Takes the result; what does not decode fails the whole.
    void done(byte[] result, Member member) {
        try {
            whenDone.take(result, member);
        } catch (RuntimeException | Error undecodable) {
            owner.fail(undecodable);
        }
    }
}
