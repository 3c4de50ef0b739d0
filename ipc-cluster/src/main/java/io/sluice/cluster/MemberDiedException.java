package io.sluice.cluster;

import java.io.Serial;

/// A member left the cluster while it had this task, or did not answer in time: it was killed, crashed, was stopped or
/// cut off, or ended at once. How much of the task was done is unknown. A worker that dies in a living member gives a
/// [WorkerDiedException][io.sluice.pool.WorkerDiedException] instead.
public final class MemberDiedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String member;
    private final String task;

    MemberDiedException(String pool, String member, String task, int attempts, Throwable cause) {
        super("cluster pool '%s': member %s was lost while it had task '%s'%s; the pool goes on with the others"
                .formatted(pool, member, task, attempts > 1 ? ", its attempt " + attempts : ""), cause);
        this.member = member;
        this.task = task;
    }

    /// The member.
    ///
    /// @return its address, as `10.0.0.1:5701`
    public String member() {
        return member;
    }

    /// The name of the task.
    ///
    /// @return as in [io.sluice.pool.TaskOptions#name]
    public String task() {
        return task;
    }
}
