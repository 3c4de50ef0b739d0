package io.sluice.pool;

import io.sluice.core.jfr.FlightRecording;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.log.Log;
import io.sluice.pool.submission.Timers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// Decides which worker gets which task.
///
/// - **Threads:** any. What happens to a pool is an event of an [EventLoop], which runs them one at a time in the
///   threads that post them. So no thread waits for another, and a task goes to an idle worker from the thread that
///   submits it. Only events touch the fields that are not volatile.
final class Scheduler {
    /// A chunk fails when this many workers ran out of memory as they took it.
    private static final int MAX_REFUSALS = 2;

    enum State { RUNNING, SHUTDOWN, TERMINATED }

    private final EventLoop events = new EventLoop(this::dispatch);

    private final String poolName;
    private final int size;
    private final int maxTasksPerWorker;
    private final long graceNanos;
    private final WorkerStarter starter;
    private final Backlog backlog;
    private final Admission admission;
    private final Set<Job> live = new LinkedHashSet<>();
    private final List<Worker> workers = new ArrayList<>();
    /// Numbers of the workers that were ready before their start was reported.
    private final Set<Integer> readyEarly = new HashSet<>();
    private int starting;
    private final FailedStarts failedStarts = new FailedStarts();
    /// Timer that resumes starts; null if they are not held back.
    private Future<?> pause;
    private int nextWorker;
    private long nextSequence;
    private long nextAttempt;
    private boolean stalled;
    /// Whether the workers were told to end: no other one starts, and no task is begun, or retried.
    private boolean ending;

    private final Map<Integer, Worker> byNumber = new ConcurrentHashMap<>();
    private State state = State.RUNNING;
    /// The state as callers see it: in force when the call that asked for it returns, also if another thread runs the
    /// events at that moment.
    private volatile State announced = State.RUNNING;
    private volatile BrokenPoolException broken;
    private volatile boolean busy = true;
    private volatile boolean over;

    Scheduler(
            String poolName, int size, int maxTasksPerWorker, long graceNanos, Policy policy, Admission admission,
            WorkerStarter starter) {
        this.poolName = poolName;
        this.size = size;
        this.maxTasksPerWorker = maxTasksPerWorker;
        this.graceNanos = graceNanos;
        this.starter = starter;
        this.backlog = new Backlog(policy);
        this.admission = admission;
    }

    // Questions.

    /// Whether results, or workers, are on their way, so that a thread must read.
    boolean isBusy() {
        return busy;
    }

    /// Whether there are unfinished jobs; a job submitted before the call is counted. Not for an event.
    boolean hasWork() {
        return events.call(() -> !live.isEmpty());
    }

    State state() {
        return announced;
    }

    private synchronized void announce(State next) {
        if (next.compareTo(announced) > 0) {
            announced = next;
        }
    }

    /// A message about the pool.
    private String named(String message) {
        return "pool '" + poolName + "' " + message;
    }

    BrokenPoolException broken() {
        return broken;
    }

    /// Whether no worker is left and none will start.
    boolean isOver() {
        return over;
    }

    /// The worker of a result, for the thread that reads the results.
    Worker worker(int number) {
        return byNumber.get(number);
    }

    // Events of jobs.

    void start() {
        events.post(this::startMissing);
    }

    /// Takes a job in; also one that had given out all its chunks, and has more now.
    void submitted(Job job) {
        busy = true;
        events.post(() -> {
            try {
                takeIn(job);
            } catch (OutOfMemoryError error) {
                job.abandon(error);
                finish(job);
                admission.left(job);         // it may not have become one of the live ones
            }
        });
    }

    private void takeIn(Job job) {
        if (state != State.RUNNING) {
            job.abandon(broken != null ? broken : new RejectedExecutionException(named("was shut down")));
            admission.left(job);
        } else if (job.isDone()) {           // cancelled, or an earlier event gave out its chunks, and they are done
            admission.left(job);
        } else {
            if (job.sequence == 0) {
                job.sequence = ++nextSequence;
            }
            live.add(job);
            backlog.add(job);
        }
    }

    /// No result has come from any worker for a slice.
    void noResults() {
        events.post(() -> stalled = true);
    }

    /// The future of a job is about to be completed by something other than its results: a caller, or a timer. What a
    /// worker has not begun when this returns never begins.
    ///
    /// @throws Error for want of memory or stack; then nothing has changed
    void withdraw(Job job) {
        Object _ = events.call(() -> {
            job.withdraw();
            revoke(job);
            return null;
        });
    }

    /// The future of a job was completed by something other than its results, after [#withdraw].
    void abandoned(Job job, boolean interrupt) {
        events.post(() -> {
            finish(job);                     // first: an interrupt needs memory
            revoke(job);
            if (interrupt) {
                interruptBegun(job);
            }
        });
    }

    /// Takes back the chunks of a job that their workers have not begun; those that stay with a worker are begun. Needs
    /// no memory.
    ///
    /// @param job null for all jobs
    @SuppressWarnings("ReferenceEquality") // a job is itself
    private void revoke(Job job) {
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            for (int index = 0; index < TaskWords.COUNT; index++) {
                Chunk chunk = worker.chunkAt(index);
                if (chunk != null && (job == null || chunk.job == job)) {
                    boolean _ = worker.revoke(chunk);
                }
            }
        }
    }

    /// Interrupts the chunks of a job that are begun; after [#revoke], since an interrupted worker begins its next
    /// chunk.
    ///
    /// @param job null for all jobs
    @SuppressWarnings("ReferenceEquality") // as above
    private void interruptBegun(Job job) {
        for (Worker worker : workers) {
            for (int index = 0; index < TaskWords.COUNT; index++) {
                Chunk chunk = worker.chunkAt(index);
                if (chunk != null && (job == null || chunk.job == job)) {
                    interrupt(worker, chunk);
                }
            }
        }
    }

    private void interrupt(Worker worker, Chunk chunk) {
        long attempt = chunk.number;
        worker.interrupt(chunk);
        if (chunk.grace == null) {
            chunk.grace = Timers.after(graceNanos, () -> events.post(() -> {
                if (worker.state != Worker.State.DEAD && worker.holds(chunk, attempt)) {
                    worker.kill();       // it ignored the interrupt; its death replaces it
                }
            }));
        }
    }

    /// A chunk has come back, and its job has taken its result.
    void completed(Worker worker, Chunk chunk, long nanos) {
        events.post(() -> {
            worker.remove(chunk);
            worker.done++;
            Job job = chunk.job;
            job.measured(chunk, nanos);
            finishIfDone(job);
        });
    }

    private void finishIfDone(Job job) {
        if (job.isDone()) {
            if (job.failsAsAWhole()) {
                revoke(job);                 // if it failed, its other chunks need not begin
            }
            finish(job);
        }
    }

    private void finish(Job job) {
        if (live.remove(job)) {
            admission.left(job);
            backlog.remove(job);
        }
    }

    // Events of workers.

    private void startMissing() {
        boolean over = broken != null || (state != State.RUNNING && live.isEmpty()) || state == State.TERMINATED;
        if (over || ending || pause != null) {
            return;
        }
        int present = 0;
        for (Worker worker : workers) {
            present += worker.state == Worker.State.RETIRING ? 0 : 1;
        }
        for (int missing = size - present - starting; missing > 0; missing--) {
            int number = nextWorker++;
            starting++;
            try {
                starter.start(number, this::started, failure -> notStarted(number, failure));
            } catch (RuntimeException | Error noThread) {
                startFailed(number, noThread);       // starts what is missing then, or breaks the pool
                return;
            }
        }
    }

    /// @throws OutOfMemoryError if there is none; then nothing has changed, and the caller repeats it
    private void started(Worker worker) {
        Object _ = events.call(() -> {
            byNumber.put(worker.number, worker);
            workers.add(worker);
            starting--;
            if (readyEarly.remove(worker.number)) {
                worker.state = Worker.State.READY;
            }
            if (state == State.TERMINATED || broken != null) {
                EventLoop.guard(worker::kill);
            } else if (ending) {
                EventLoop.guard(() -> end(worker));
            }
            return null;
        });
    }

    private void notStarted(int number, Throwable failure) {
        events.post(() -> startFailed(number, failure));
    }

    private void startFailed(int number, Throwable failure) {
        starting--;
        boolean tooMany = failedStarts.failed(number, nextWorker);
        startFailed(tooMany, "no worker could be started: " + failure.getMessage(), failure);
    }

    private void startFailed(boolean tooMany, String why, Throwable cause) {
        if (tooMany) {
            fail(new BrokenPoolException(named("is broken: " + why), cause));
        } else {
            holdStarts(why);
        }
    }

    /// A worker did not get ready. The next one starts at once, and each one after it after a longer pause: what kills
    /// workers from outside may end, and a lack of memory or threads may be temporary.
    private void holdStarts(String why) {
        long nanos = failedStarts.pauseNanos();
        try {
            if (nanos > 0 && pause == null) {
                pause = Timers.after(nanos, () -> events.post(this::resumeStarts));
                Log.warning("pool: %s; the next start is in %s ms".formatted(
                        why, TimeUnit.NANOSECONDS.toMillis(nanos)), null);
            }
        } finally {
            startMissing();      // also if there is no memory for a timer: no other event may come
        }
    }

    private void resumeStarts() {
        if (pause != null) {
            pause.cancel(false);
            pause = null;
            startMissing();
        }
    }

    void ready(int number) {
        events.post(() -> {
            failedStarts.end();
            resumeStarts();
            Worker worker = worker(number);
            if (worker == null) {
                readyEarly.add(number);           // a JVM of a stock may be ready before its start is reported
            } else if (worker.state == Worker.State.STARTING) {
                worker.state = Worker.State.READY;
            }
        });
    }

    void initializerFailed(Throwable failure) {
        events.post(() -> fail(new BrokenPoolException(
                named("is broken: its initializer failed with " + failure), failure)));
    }

    /// Results cannot be read any more, so no job can complete.
    void unreadable(Throwable failure) {
        events.post(() -> fail(new BrokenPoolException(
                named("is broken: the results of its workers cannot be read: " + failure), failure)));
    }

    /// A worker is dead, and every result that it sent was read.
    ///
    /// @throws OutOfMemoryError if there is none; the caller repeats it, and what is done is not done again
    void died(int number) {
        Object _ = events.call(() -> {
            Worker worker = worker(number);
            if (worker != null && worker.state != Worker.State.DEAD) {
                died(worker, worker.chunks());
            }
            return null;
        });
    }

    private void died(Worker worker, List<Chunk> chunks) {
        boolean neverReady = worker.state == Worker.State.STARTING;
        workers.remove(worker);
        Chunk unreceivable = unreceivable(worker, chunks);
        for (Chunk chunk : chunks) {
            boolean lost = worker.hasBegun(chunk) || chunk == unreceivable;
            worker.remove(chunk);
            if (lost) {
                lost(chunk, worker);
            } else {
                giveBack(chunk);
            }
        }
        byNumber.remove(worker.number);
        if (!ending && FlightRecording.isOn()) {
            EventLoop.guard(() ->
                    WorkerRestarted.report(poolName, worker.number, worker.pid(), worker.exit().toString()));
        }
        try {
            EventLoop.guard(worker::close);
        } finally {
            if (neverReady && !ending) {
                endedBeforeReady(worker);
            } else {
                startMissing();
            }
        }
    }

    private void endedBeforeReady(Worker worker) {
        boolean killed = worker.wasKilledFromOutside();
        boolean alone = workers.stream().noneMatch(other -> other.state == Worker.State.READY);
        boolean tooMany = killed
                ? failedStarts.killed(worker.number, nextWorker, alone)
                : failedStarts.failed(worker.number, nextWorker);
        startFailed(tooMany, "%s workers in a row ended before they were ready, the last one %s; %s".formatted(
                failedStarts.inARow(), worker.exit(), killed
                        ? "look for what kills them, such as a limit of memory"
                        : "look at its standard error, and at the JVM options of the workers"), null);
    }

    /// The chunk that a worker was about to take when it ran out of memory, if other workers did so before: such a
    /// chunk would end one worker after the other. @return null if there is none
    private static Chunk unreceivable(Worker worker, List<Chunk> chunks) {
        if (chunks.isEmpty() || worker.hasBegun(chunks.getFirst()) || !worker.ranOutOfMemory()) {
            return null;
        }
        Chunk next = chunks.getFirst();
        return ++next.refusals < MAX_REFUSALS ? null : next;
    }

    private void lost(Chunk chunk, Worker worker) {
        Job job = chunk.job;
        chunk.attempts++;
        if (chunk.attempts <= job.options.retries() && !job.isOver() && !ending) {
            giveBack(chunk);
            return;
        }
        try {
            job.fail(chunk, new WorkerDiedException(job.name, worker.pid(), worker.exit(), chunk.attempts));
        } catch (OutOfMemoryError error) {
            job.abandon(error);
        }
        finishIfDone(job);
    }

    private void giveBack(Chunk chunk) {
        Job job = chunk.job;
        if (!job.isOver()) {
            try {
                job.giveBack(chunk);
                backlog.add(job);
            } catch (OutOfMemoryError error) {
                job.abandon(error);
                finish(job);
            }
        }
    }

    private void fail(BrokenPoolException why) {
        if (broken == null) {
            List<Job> all = List.copyOf(live);
            broken = why;
            state = state == State.RUNNING ? State.SHUTDOWN : state;
            announce(state);
            admission.close();
            abandon(all, why);
            killAll();
        }
    }

    /// @param all a copy of all live jobs
    private void abandon(List<Job> all, Throwable why) {
        revoke(null);                        // before a future is done
        for (Job job : all) {
            finish(job);
            abandon(job, why);
        }
    }

    /// One that fails keeps no other from its end.
    private static void abandon(Job job, Throwable why) {
        try {
            job.abandon(why);
        } catch (RuntimeException | Error unexpected) {
            EventLoop.log(unexpected);
        }
    }

    private void killAll() {
        for (Worker worker : workers) {
            worker.kill();
        }
    }

    // Dispatch.

    private void dispatch() {
        boolean running = state != State.TERMINATED && broken == null && !ending;
        while (running && dispatchOne()) {
            // Until no worker has room, or no chunk is left.
        }
        if (state != State.RUNNING && live.isEmpty()) {
            for (Worker worker : workers) {
                worker.retire();
            }
            if (workers.isEmpty() && starting == 0) {
                over = true;
            }
        }
        stalled = false;
        busy = !live.isEmpty() || starting > 0 || state != State.RUNNING || isWorkerStarting();
    }

    private boolean isWorkerStarting() {
        for (Worker worker : workers) {
            if (worker.state == Worker.State.STARTING) {
                return true;
            }
        }
        return false;
    }

    private boolean dispatchOne() {
        Worker worker = leastLoaded();
        if (worker == null) {
            return false;
        }
        Chunk chunk = backlog.next(size);
        if (chunk == null) {
            chunk = worker.count() == 0 ? takeFromAnother() : null;
            if (chunk == null) {
                return false;
            }
        }
        give(worker, chunk);
        return true;
    }

    /// The worker with room that holds the fewest chunks, or null. Also null if it is idle and as many as the size of
    /// the pool are at work: retiring workers still run what they hold while their replacements have started.
    private Worker leastLoaded() {
        Worker best = null;
        int working = 0;
        for (Worker worker : workers) {
            if (worker.count() > 0) {
                working++;
            }
            if (worker.hasRoom() && (best == null || worker.count() < best.count())) {
                best = worker;
            }
        }
        return best != null && best.count() == 0 && working >= size ? null : best;
    }

    /// The last chunk of the worker that holds the most, if that worker has not begun it. While results come, only from
    /// a worker that holds much: short work is done before another worker has woken up for it. But the estimate may be
    /// wrong, and a short chunk may wait behind a long one. So when no result has come for a while, any waiting chunk
    /// is taken.
    private Chunk takeFromAnother() {
        Worker richest = null;
        for (Worker worker : workers) {
            if ((stalled ? worker.count() >= 2 : worker.hasTooMuch())
                    && (richest == null || worker.count() > richest.count())) {
                richest = worker;
            }
        }
        if (richest == null) {
            return null;
        }
        Chunk last = richest.last();
        return richest.revoke(last) ? last : null;
    }

    private void give(Worker worker, Chunk chunk) {
        Job job = chunk.job;
        try {
            if (!worker.give(chunk, ++nextAttempt)) {
                giveBack(chunk);
                worker.retire();             // its queue is full of revoked chunks: it skips them, and is replaced
                startMissing();
                return;
            }
        } catch (RuntimeException | Error refused) {
            job.fail(chunk, refused);
            finishIfDone(job);
            return;
        }
        admission.left(job);
        if (maxTasksPerWorker > 0 && worker.given >= maxTasksPerWorker) {
            worker.retire();
            startMissing();
        }
    }

    // Ends.

    void shutdown() {
        announce(State.SHUTDOWN);
        events.post(this::stopTaking);
    }

    private void stopTaking() {
        if (state == State.RUNNING) {
            state = State.SHUTDOWN;
            admission.close();
        }
    }

    /// Interrupts running chunks, and cancels the rest. Not for an event.
    ///
    /// @return the tasks that were never begun
    /// @throws Error for want of memory or stack: then tasks are refused, and nothing else has changed
    List<Runnable> shutdownNow() {
        announce(State.SHUTDOWN);
        return events.call(() -> stop(false, () -> interruptBegun(null)));
    }

    /// Cancels what has not begun, and ends the workers; what they run fails by their deaths. Not for an event.
    ///
    /// @param atOnce whether they are killed
    /// @throws Error for want of memory or stack: then tasks are refused, and nothing else has changed
    void endWorkers(boolean atOnce) {
        announce(State.SHUTDOWN);
        var _ = events.call(() -> stop(true, atOnce ? this::killAll : () -> workers.forEach(this::end)));
    }

    /// Cancels what has not begun. Gets all the memory that the cancellations need first: a job whose chunks are
    /// revoked must be cancelled too.
    ///
    /// @param last whether no worker is started any more
    /// @param towardsBegun is run for the chunks that workers are at
    /// @return the tasks that were never begun
    private List<Runnable> stop(boolean last, Runnable towardsBegun) {
        stopTaking();
        List<Job> all = List.copyOf(live);
        List<Runnable> never = new ArrayList<>(all.size());
        List<CancellationException> why = new ArrayList<>(all.size());
        for (Job job : all) {
            why.add(new CancellationException(named("was shut down before task '%s' began".formatted(job.name))));
        }
        ending |= last;
        revoke(null);
        markBegun();
        for (int i = 0; i < all.size(); i++) {
            Job job = all.get(i);
            if (!job.begun || !job.isSingleChunk()) {
                job.addRunnable(never);
                finish(job);
                abandon(job, why.get(i));
            }
        }
        EventLoop.guard(towardsBegun);
        return never;
    }

    /// Marks the jobs that workers are at; after [#revoke].
    private void markBegun() {
        for (int i = 0; i < workers.size(); i++) {
            for (int index = 0; index < TaskWords.COUNT; index++) {
                Chunk chunk = workers.get(i).chunkAt(index);
                if (chunk != null) {
                    chunk.job.begun = true;
                }
            }
        }
    }

    /// Ends a worker in order, and kills it if that takes too long.
    private void end(Worker worker) {
        worker.terminate();
        var _ = Timers.after(graceNanos, () -> events.post(() -> {
            if (worker.state != Worker.State.DEAD) {
                worker.kill();
            }
        }));
    }

    void terminate() {
        announce(State.TERMINATED);
        events.post(() -> {
            state = State.TERMINATED;
            admission.close();
            abandon(List.copyOf(live), new CancellationException(named("was terminated")));
            killAll();
        });
    }

    /// The workers now. Not for an event.
    ///
    /// @throws Error for want of memory or stack
    List<WorkerInfo> snapshot() {
        return events.call(() -> workers.stream()
                .filter(Worker::isAlive)
                .map(worker -> new WorkerInfo(worker.number, worker.pid(),
                        worker.state == Worker.State.READY, worker.count(), worker.done))
                .toList());
    }
}
