package io.sluice.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.spi.exception.TargetDisconnectedException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import io.sluice.cluster.Wire.Answer;
import io.sluice.core.park.Waiter;
import io.sluice.pool.submission.Room;
import io.sluice.pool.submission.TaskFailures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Gives the calls of this member to the members that have workers.
///
/// - **Threads:** any; a sent call has a thread of its own, which waits for its answer.
/// - **Memory:** a call for whose thread there is no memory fails with that error, and was not begun.
final class Dispatcher {
    /*
     * A member is given at most two calls for each of its workers, so that a worker that ends one finds the next, and
     * the rest waits here: where a death costs nothing, and for whichever member is free first.
     *
     * A call that was given to a member counts as begun from then on, unless the member answers that it refused it or
     * Hazelcast did not send it. If the member is lost, the call is begun again if it has retries left; the same if the
     * answer is that its worker died. So the retries of a call are counted here alone, and local pools make none.
     *
     * Without memory a call fails, and never stays open. So collections, whose growth needs memory, change before
     * numbers and states; and what nothing else would do later waits for memory.
     *
     * A member that does not answer may be gone, or stopped for a while. It is given no calls until it answers a
     * greeting. If it has left the cluster instead, the cluster tells.
     *
     * A call is over before its future is completed, as completing runs stages of users, which may block, or close the
     * pool. `open` holds the futures in between.
     */
    private static final int CALLS_PER_WORKER = 2;
    private static final int BACKLOG = 65_536;
    private static final long RETRY_NANOS = 1_000_000;
    /// Made in time.
    private static final Outcome NO_MEMORY = new Outcome.Failed(
            new OutOfMemoryError("without memory the answer to a call was lost"));

    private final String pool;
    private final HazelcastInstance instance;
    private final IExecutorService executor;
    private final Wire wire;
    private final Executor threads;
    private final Consumer<Member> whenSilent;
    private final Set<ClusterFuture<?>> open = ConcurrentHashMap.newKeySet();
    // Guarded by this.
    private final LinkedHashSet<Call> waiting = new LinkedHashSet<>();
    private final Map<UUID, Peer> peers = new HashMap<>();
    private int unfinished;
    private State state = State.RUNNING;

    /// In this order. From `STOPPED` on no call waits again.
    private enum State { RUNNING, SHUT_DOWN, STOPPED, LOST }

    /// A member with workers; guarded by the dispatcher.
    private static final class Peer {
        private final Member member;
        private final int workers;
        private int inFlight;
        private boolean leaving;

        Peer(Member member, int workers) {
            this.member = member;
            this.workers = workers;
        }

        boolean isFree() {
            return !leaving && inFlight < CALLS_PER_WORKER * workers;
        }

        double load() {
            return (double) inFlight / workers;
        }
    }

    /// @param executor carries calls to other members
    /// @param threads runs what waits for the answer to a call, and stages of futures, each in a thread of its own
    /// @param whenSilent greets a member that does not answer, until it does or leaves; does not wait
    Dispatcher(String pool, HazelcastInstance instance, IExecutorService executor, Wire wire, Executor threads,
            Consumer<Member> whenSilent) {
        this.pool = pool;
        this.instance = instance;
        this.executor = executor;
        this.wire = wire;
        this.threads = threads;
        this.whenSilent = whenSilent;
    }

    // Members.

    /// A member joined, or told again how many workers it has. One that comes back after a cut network has another id.
    void joined(Member member, int workers) {
        UUID id = member.getUuid();
        synchronized (this) {
            peers.values().removeIf(peer -> peer.member.getAddress().equals(member.getAddress())
                    && !peer.member.getUuid().equals(id));
            Peer known = peers.get(id);
            if (known != null && (workers == 0 || workers == known.workers)) {
                known.leaving = workers == 0;
            } else if (workers > 0) {
                peers.put(id, new Peer(member, workers));
            }
        }
        dispatch();
    }

    /// A member has left the cluster; the answers to its calls are failures, and come by themselves.
    synchronized void left(UUID member) {
        Peer gone = peers.remove(member);
        if (gone != null) {
            gone.leaving = true;
        }
        notifyAll();
    }

    /// A member leaves the pool: it is given no more calls. Waits until it has answered those that it has.
    synchronized void awaitAnswers(UUID member) throws InterruptedException {
        Peer peer = peers.get(member);
        if (peer != null) {
            peer.leaving = true;
            while (peer.inFlight > 0) {
                wait();
            }
        }
    }

    /// Members that have workers, with their number.
    synchronized Map<Member, Integer> workers() {
        Map<Member, Integer> all = new HashMap<>();
        for (Peer peer : peers.values()) {
            if (!peer.leaving) {
                all.put(peer.member, peer.workers);
            }
        }
        return all;
    }

    // Calls.

    /// Submits the calls of one future; they need no room in the backlog.
    ///
    /// @throws RejectedExecutionException if the pool does not take calls
    void submit(ClusterFuture<?> owner, List<Call> calls) {
        synchronized (this) {
            take(owner, calls);
        }
        dispatch();
    }

    /// Submits the call of one future; waits while the backlog is full.
    ///
    /// @param deadline of the wait for room, as [Waiter#deadline] gives it
    /// @throws RejectedExecutionException if the pool does not take calls
    /// @throws InterruptedException if interrupted while waiting for room
    /// @throws TimeoutException if there was no room in time
    void submit(ClusterFuture<?> owner, Call call, long deadline) throws InterruptedException, TimeoutException {
        synchronized (this) {
            while (unfinished >= BACKLOG && state == State.RUNNING) {
                if (!Room.await(this, deadline)) {
                    throw new TimeoutException("cluster pool '%s': no room in its backlog in time, %,d calls are"
                            .formatted(pool, unfinished) + " unfinished");
                }
            }
            take(owner, List.of(call));
        }
        dispatch();
    }

    private void take(ClusterFuture<?> owner, List<Call> calls) {
        checkRunning();
        owner.calls(calls);
        boolean taken = false;
        try {
            open.add(owner);
            waiting.addAll(calls);
            taken = true;
        } finally {
            if (!taken) {
                for (int i = 0; i < calls.size(); i++) {
                    waiting.remove(calls.get(i));
                }
                open.remove(owner);
            }
        }
        unfinished += calls.size();
    }

    synchronized void checkRunning() {
        if (state == State.LOST) {
            throw lost();
        }
        if (state != State.RUNNING) {
            throw new RejectedExecutionException("cluster pool '%s' was shut down".formatted(pool));
        }
    }

    private RejectedExecutionException lost() {
        return new RejectedExecutionException(("cluster pool '%s': the Hazelcast instance %s of this member has ended;"
                + " join again").formatted(pool, instance.getName()));
    }

    /// Gives out what waits. Perhaps nothing else comes that does; so without memory for it, this waits for some.
    private void dispatch() {
        boolean more = true;
        while (more) {
            try {
                more = giveOne();
            } catch (OutOfMemoryError noMemory) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /// Gives a call to a member. @return false if no member is free, or no call waits
    private boolean giveOne() {
        Call call;
        Peer peer;
        synchronized (this) {
            peer = freest();
            if (peer == null || waiting.isEmpty()) {
                return false;
            }
            call = waiting.removeFirst();
            call.state = Call.State.SENT;
            call.attempts++;
            peer.inFlight++;
        }
        start(call, peer);
        return true;
    }

    /// Starts the thread of a call. Without one the call has failed, and does not stay open.
    private void start(Call call, Peer peer) {
        try {
            threads.execute(() -> run(call, peer));
        } catch (RuntimeException | Error noThread) {
            over(call, peer);
            call.owner.fail(noThread);
            forgetDone(call.owner);
        }
    }

    private synchronized void over(Call call, Peer peer) {
        peer.inFlight--;
        call.state = Call.State.OVER;
        unfinished--;
        notifyAll();
    }

    private Peer freest() {
        Peer best = null;
        for (Peer peer : peers.values()) {
            if (peer.isFree() && (best == null || peer.load() < best.load())) {
                best = peer;
            }
        }
        return best;
    }

    /// What became of a call that was sent.
    private sealed interface Outcome {
        final class Done implements Outcome {
            private final byte[] result;

            Done(byte[] result) {
                this.result = result;
            }
        }

        record Failed(Throwable failure) implements Outcome {}

        /// May have been begun.
        record Lost(Throwable failure) implements Outcome {}

        /// Was not begun.
        record Refused() implements Outcome {}
    }

    private void run(Call call, Peer peer) {
        Outcome outcome = NO_MEMORY;
        try {
            outcome = outcomeOf(call, peer);
        } finally {
            Outcome end = settle(call, peer, outcome);
            try {
                dispatch();
            } finally {
                if (end != null) {
                    complete(call, end, peer.member);
                }
            }
        }
    }

    private Outcome outcomeOf(Call call, Peer peer) {
        try {
            return exchange(call, peer);
        } catch (RuntimeException | Error failure) {
            return new Outcome.Failed(failure);
        }
    }

    /// Decides what becomes of a call whose outcome is known. @return how it ends; null if it waits again
    private synchronized Outcome settle(Call call, Peer peer, Outcome outcome) {
        peer.inFlight--;
        call.sent = null;
        notifyAll();
        boolean mayGoAgain = switch (outcome) {
            case Outcome.Done _, Outcome.Failed _ -> false;
            case Outcome.Lost _ -> call.attempts <= call.retries;
            case Outcome.Refused _ -> {
                peer.leaving = true;
                call.attempts--;
                yield true;
            }
        };
        Outcome end = outcome;
        if (mayGoAgain && call.state == Call.State.SENT && state.compareTo(State.STOPPED) < 0) {
            try {
                waiting.addFirst(call);
                call.state = Call.State.WAITING;
                return null;
            } catch (OutOfMemoryError noMemory) {
                waiting.remove(call);
                end = NO_MEMORY;
            }
        }
        call.state = Call.State.OVER;
        unfinished--;
        return end;
    }

    private void complete(Call call, Outcome outcome, Member member) {
        switch (outcome) {
            case Outcome.Done done -> call.done(done.result, member);
            case Outcome.Failed(Throwable failure) -> call.owner.fail(failure);
            case Outcome.Lost(Throwable failure) -> call.owner.fail(failure);
            case Outcome.Refused _ -> call.owner.fail(whyNotBegun());
        }
        forgetDone(call.owner);
    }

    /// Why a refused call does not wait again. If the instance runs, the call was withdrawn, and its future is being
    /// completed.
    private Throwable whyNotBegun() {
        try {
            return isLost() ? lost() : new CancellationException();
        } catch (OutOfMemoryError noMemory) {
            return noMemory;
        }
    }

    private void forgetDone(ClusterFuture<?> owner) {
        if (owner.isDone()) {
            open.remove(owner);
        }
    }

    private Outcome exchange(Call call, Peer peer) {
        try {
            Future<byte[]> sent = executor.submitToMember(new RemoteCall(pool, idOf(instance), call), peer.member);
            synchronized (this) {
                call.sent = sent;
                if (call.state == Call.State.WITHDRAWN) {
                    cancel(List.of(sent));
                }
            }
            byte[] answer = sent.get();
            return switch (Answer.of(answer)) {
                case DONE -> new Outcome.Done(Answer.body(answer));
                case FAILED -> new Outcome.Failed(TaskFailures.ofTask(wire.readFailure(Answer.body(answer))));
                case LOST -> new Outcome.Lost(wire.readFailure(Answer.body(answer)));
                case REFUSED -> new Outcome.Refused();
            };
        } catch (CancellationException withdrawn) {
            return new Outcome.Failed(withdrawn);
        } catch (InterruptedException impossible) {
            return new Outcome.Failed(impossible);
        } catch (ExecutionException failed) {
            // Of Hazelcast's exceptions, that of a lost member is an ExecutionException itself.
            return outcomeOf(failed instanceof MemberLeftException ? failed : failed.getCause(), call, peer);
        } catch (RuntimeException failed) {
            return outcomeOf(failed, call, peer);
        }
    }

    /// Tells by Hazelcast's exception whether a call may have been begun.
    private Outcome outcomeOf(Throwable failure, Call call, Peer peer) {
        if (!instance.getLifecycleService().isRunning()) {
            return new Outcome.Failed(lost());
        }
        return switch (failure) {
            case TargetNotMemberException notSent -> {
                left(peer.member.getUuid());
                yield new Outcome.Refused();
            }
            case RejectedExecutionException notBegun -> new Outcome.Refused();
            case MemberLeftException gone -> lost(call, peer, gone);
            case TargetDisconnectedException gone -> lost(call, peer, gone);
            case OperationTimeoutException silent -> lost(call, peer, silent);
            case HazelcastInstanceNotActiveException gone -> lost(call, peer, gone);
            case null, default -> new Outcome.Failed(new IllegalStateException(
                    ("cluster pool '%s': member %s does not take the task '%s'; start all members with the same"
                            + " release and class files").formatted(pool, addressOf(peer.member), call.name),
                    failure));
        };
    }

    private Outcome lost(Call call, Peer peer, Throwable cause) {
        synchronized (this) {
            if (!peer.leaving) {
                whenSilent.accept(peer.member);
                peer.leaving = true;
            }
        }
        return new Outcome.Lost(new MemberDiedException(
                pool, addressOf(peer.member), call.name, call.attempts, cause));
    }

    /// The id of this member in the cluster; another one after a cut network.
    static UUID idOf(HazelcastInstance instance) {
        return instance.getCluster().getLocalMember().getUuid();
    }

    static String addressOf(Member member) {
        return member.getAddress().getHost() + ":" + member.getAddress().getPort();
    }

    /// Calls that were not begun never begin.
    ///
    /// @param interrupts whether those that were begun are interrupted; otherwise they go on, for nothing
    void withdraw(Collection<Call> calls, boolean interrupts) {
        List<Future<byte[]>> running = new ArrayList<>();
        synchronized (this) {
            for (Call call : calls) {
                if (call.state == Call.State.WAITING && waiting.remove(call)) {
                    call.state = Call.State.OVER;
                    unfinished--;
                } else if (call.state == Call.State.SENT && interrupts) {
                    if (call.sent != null) {
                        running.add(call.sent);
                    }
                    call.state = Call.State.WITHDRAWN;
                }
            }
            notifyAll();
        }
        cancel(running);
        for (Call call : calls) {
            forgetDone(call.owner);
        }
    }

    /// In another thread, as it waits for the member.
    private static void cancel(List<Future<byte[]>> running) {
        if (!running.isEmpty()) {
            Thread.ofVirtual().name("sluice-cancel").start(() -> running.forEach(sent -> {
                try {
                    var _ = sent.cancel(true);
                } catch (RuntimeException gone) {
                    // The member is lost, and the call with it.
                }
            }));
        }
    }

    // The end.

    synchronized boolean isShutdown() {
        return state != State.RUNNING;
    }

    synchronized void shutdown() {
        enter(State.SHUT_DOWN);
    }

    private void enter(State next) {
        if (state.compareTo(next) < 0) {
            state = next;
        }
        notifyAll();
    }

    /// Shuts down and cancels everything. What waits is taken out in one step: cancelling runs stages of users, and
    /// calls in flight end meanwhile.
    ///
    /// @return what was never given to a member
    List<Runnable> shutdownNow() {
        List<Runnable> never = new ArrayList<>();
        Set<ClusterFuture<?>> owners = new HashSet<>();
        List<ClusterFuture<?>> all;
        synchronized (this) {
            for (Call call : waiting) {
                // A map is one, however many of its calls wait.
                if (owners.add(call.owner) && !call.owner.isBegun()) {
                    never.add(call.runnable);
                }
            }
            all = List.copyOf(open);
            for (Call call : waiting) {
                call.state = Call.State.OVER;
            }
            unfinished -= waiting.size();
            waiting.clear();
            enter(State.STOPPED);
        }
        all.forEach(future -> {
            var _ = future.cancel(true);
        });
        return never;
    }

    /// The instance of this member has ended: nothing can be sent any more. Stages run in none of its threads, unless
    /// there is no memory for others.
    void lostInstance() {
        synchronized (this) {
            enter(State.LOST);
        }
        for (ClusterFuture<?> future : open) {
            try {
                threads.execute(() -> future.fail(lost()));
            } catch (RuntimeException | Error noThread) {
                future.fail(lost());
            }
        }
    }

    synchronized boolean isLost() {
        return state == State.LOST;
    }

    /// Waits until the pool is shut down and all its futures are done; their stages may still run.
    void awaitEnd() throws InterruptedException {
        synchronized (this) {
            while (state == State.RUNNING || unfinished > 0) {
                wait();
            }
        }
        for (ClusterFuture<?> future : open) {
            while (!future.isDone()) {
                Thread.sleep(1);             // it is being completed, and a stage of it may wait for the end
            }
        }
    }

    @Override
    public synchronized String toString() {
        return "%,d calls unfinished, %,d members with workers, %s".formatted(unfinished, workers().size(),
                state == State.RUNNING ? "running" : state == State.LOST ? "lost its instance" : "shut down");
    }
}
