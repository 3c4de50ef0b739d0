package io.sluice.cluster;

import io.sluice.cluster.Wire.Answer;
import io.sluice.pool.BrokenPoolException;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.WorkerDiedException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

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

    int workers() {
        return pool.size();
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
        } catch (BrokenPoolException broken) {
            return Answer.FAILED.with(wire.failure(broken, "member " + member));
        } catch (RejectedExecutionException ending) {
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
            Answer kind = failed.getCause() instanceof WorkerDiedException ? Answer.LOST : Answer.FAILED;
            return kind.with(wire.failure(failed.getCause(), "member " + member));
        } finally {
            running.remove(entry);
        }
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
