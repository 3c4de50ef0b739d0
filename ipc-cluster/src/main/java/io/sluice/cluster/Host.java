package io.sluice.cluster;

import io.sluice.cluster.Wire.Answer;
import io.sluice.pool.BrokenPoolException;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.log.Log;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The workers of this member, and the calls of all members that they run.
///
/// - **Threads:** any.
final class Host implements AutoCloseable {
    private final String name;
    private final ProcessPool pool;
    private final String member;
    private final List<String> allowed;
    private final Wire wire = new Wire(List.of(), ClusterOptions.ALLOW);
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isBroken = new AtomicBoolean();

    /// A call that runs here; each is equal to itself alone.
    private static final class Running {
        private final UUID submitter;
        private final CompletableFuture<byte[]> future;

        Running(UUID submitter, CompletableFuture<byte[]> future) {
            this.submitter = submitter;
            this.future = future;
        }
    }

    /// @param name of the pool of all members
    Host(String name, ProcessPool pool, String member, List<String> allowed) {
        this.name = name;
        this.pool = pool;
        this.member = member;
        this.allowed = allowed;
    }

    /// The number of workers; 0 once there can be none.
    int workers() {
        return isBroken.get() ? 0 : pool.size();
    }

    /// Runs a call and waits for it.
    ///
    /// @param how name and context of the call; the submitter keeps its other options
    /// @return the answer
    /// @throws InterruptedException if the submitter has cancelled it
    byte[] run(UUID submitter, TaskOptions how, byte[] task, byte[] batch, boolean each) throws InterruptedException {
        CompletableFuture<byte[]> call;
        try {
            call = pool.submit(new ClusterTask(member, allowed, task, batch, each), how);
        } catch (RejectedExecutionException endingOrBroken) {
            checkBroken(endingOrBroken);
            return Answer.REFUSED.with(new byte[0]);
        }
        Running entry = new Running(submitter, call);
        running.add(entry);
        try {
            return call.get();
        } catch (InterruptedException cancelled) {
            var _ = call.cancel(true);
            throw cancelled;
        } catch (CancellationException ended) {
            return Answer.LOST.with(wire.failure(
                    new MemberDiedException(name, member, how.name(), 1, null), "member " + member));
        } catch (ExecutionException failed) {
            Throwable why = failed.getCause();
            boolean lost = why instanceof WorkerDiedException || checkBroken(why);
            return (lost ? Answer.LOST : Answer.FAILED).with(wire.failure(why, "member " + member));
        } finally {
            running.remove(entry);
        }
    }

    /// Whether the pool cannot have workers. It is for other members then as if it had none: they have others, which
    /// must not fail for it. So this member alone logs it.
    private boolean checkBroken(Throwable failure) {
        if (!(failure instanceof BrokenPoolException)) {
            return false;
        }
        if (!isBroken.getAndSet(true)) {
            Log.error("cluster pool '%s': member %s takes no calls any more, as it cannot have workers".formatted(
                    name, member), failure);
        }
        return true;
    }

    /// Cancels the calls of a member that has left the cluster.
    void submitterLeft(UUID submitter) {
        for (Running call : running) {
            if (call.submitter.equals(submitter)) {
                var _ = call.future.cancel(true);
            }
        }
    }

    /// Ends at once.
    void terminate() {
        pool.terminate();
    }

    @Override
    public void close() {
        pool.close();
    }
}
