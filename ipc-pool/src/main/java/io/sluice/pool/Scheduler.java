package io.sluice.pool;

import io.sluice.core.jfr.FlightRecording;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.log.Log;
import io.sluice.pool.submission.MustRun;
import io.sluice.pool.submission.Timer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Decides which worker gets which task.
///
/// - **Threads:** any. What happens to a pool is an event of an [EventLoop], which runs them one at a time in the
///   threads that post them. So no thread waits for another, and a task goes to an idle worker from the thread that
///   submits it. Only events touch the fields that are not volatile.
final class Scheduler {
    /*
     * Memory may end at each allocation of an event. Nothing is lost then:
     *
     *   what follows from the state    is done after each round of events: chunks go to workers, missing workers are
     *                                  started, those of a broken pool are killed. If it fails, the scheduler stays
     *                                  busy, so the thread that reads results posts another event after a slice
     *   what one message alone tells   is a call, which throws; its caller repeats it. Such an event allocates before
     *                                  it changes state, or what it has done is not done again
     *   the end of a future            waits for memory
     */

    private static final BiConsumer<Scheduler, Job> FINISH = Scheduler::finishUnbegun;
    private static final BiConsumer<Scheduler, Job> FINISH_AND_INTERRUPT = Scheduler::finishAndInterrupt;
    /// A chunk fails when this many workers ran out of memory as they took it.
    private static final int MAX_REFUSALS = 2;

    enum State { RUNNING, SHUTDOWN, TERMINATED }

    /// Starts workers in the background.
    @FunctionalInterface
    interface Starter {
        /// Starts a worker.
        ///
        /// @param number of the worker
        /// @param started gets the worker once its process is started
        /// @param refused gets the failure if it could not be started
        void start(int number, Consumer<Worker> started, Consumer<Throwable> refused);
    }

    private final EventLoop events = new EventLoop(this::dispatch);

    private final String poolName;
    private final int size;
    private final int maxTasksPerWorker;
    private final long graceNanos;
    private final Starter starter;
    private final Backlog backlog;
    private final Admission admission;
    private final Set<Job> live = new LinkedHashSet<>();
    private final List<Worker> workers = new ArrayList<>();
    /// Numbers of the workers that were ready before their start was reported.
    private final Set<Integer> readyEarly = new HashSet<>();
    private int starting;
    private final FailedStarts failedStarts = new FailedStarts();
    /// Timer that resumes starts; null if they are not held back.
    private Timer pause;
    private int nextWorker;
    private long nextSequence;
    private long nextAttempt;
    private boolean stalled;
    /// Whether the workers were told to end: no other one starts, and no task is begun, or retried.
    private boolean ending;
    /// Whether the workers are to be killed, also one whose start is reported later.
    private boolean killing;

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
            Starter starter) {
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

    /// Starts the workers. Without memory for that, the thread that reads results causes it after a slice.
    void start() {
        try {
            events.post(() -> {});
        } catch (OutOfMemoryError later) {
            // The scheduler is busy from the beginning.
        }
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
        events.run(() -> {
            job.withdraw();
            revoke(job);
        });
    }

    /// The future of a job was completed by something other than its results, after [#withdraw]. Without memory for
    /// this, waits: nothing else ends the job.
    void abandoned(Job job, boolean interrupt) {
        MustRun.repeat(interrupt ? FINISH_AND_INTERRUPT : FINISH, this, job);
    }

    private void finishUnbegun(Job job) {
        events.run(() -> {
            finish(job);
            revoke(job);
        });
    }

    /// One that is repeated may interrupt a chunk twice.
    private void finishAndInterrupt(Job job) {
        events.run(() -> {
            finish(job);
            revoke(job);
            interruptBegun(job);
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
        if (chunk.grace == null) {
            chunk.grace = Timer.after(graceNanos, () -> events.run(() -> {
                if (worker.state != Worker.State.DEAD && worker.holds(chunk, attempt)) {
                    worker.kill();       // it ignored the interrupt; its death replaces it
                }
            }));
        }
        worker.interrupt(chunk);
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

    /// Starts workers until there are enough, unless starts are held back.
    private void startMissing() {
        while (isWorkerMissing()) {
            int number = nextWorker++;
            starting++;
            try {
                starter.start(number, this::started, failure -> notStarted(number, failure));
            } catch (RuntimeException | Error noThread) {
                startFailed(number, noThread);       // holds the starts back, or breaks the pool, after some
            }
        }
    }

    private boolean isWorkerMissing() {
        boolean needed = !ending && !killing && (state == State.RUNNING || !live.isEmpty());
        if (!needed || pause != null) {
            return false;
        }
        int present = starting;
        for (int i = 0; i < workers.size(); i++) {
            present += workers.get(i).state == Worker.State.RETIRING ? 0 : 1;
        }
        return present < size;
    }

    /// @throws OutOfMemoryError if there is none; the caller repeats it, and the worker is counted once
    private void started(Worker worker) {
        events.run(() -> {
            Integer number = worker.number;
            byNumber.put(number, worker);
            if (ending) {
                end(worker);
            }
            workers.add(worker);             // the last step that needs memory
            starting--;
            if (readyEarly.remove(number)) {
                worker.state = Worker.State.READY;
            }
        });
    }

    private void notStarted(int number, Throwable failure) {
        events.post(() -> startFailed(number, failure));
    }

    /// Memory may end after the first step. The next start is at once then; if that fails too, this makes up for it.
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
        if (nanos > 0 && pause == null) {
            pause = Timer.after(nanos, () -> events.run(this::resumeStarts));
            Log.warning("pool: %s; the next start is in %s ms".formatted(
                    why, TimeUnit.NANOSECONDS.toMillis(nanos)), null);
        }
    }

    private void resumeStarts() {
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
    }

    /// @throws OutOfMemoryError if there is none; the caller repeats it
    void ready(int number) {
        events.run(() -> {
            Worker worker = worker(number);
            if (worker == null) {
                readyEarly.add(number);           // a JVM of a stock may be ready before its start is reported
            } else if (worker.state == Worker.State.STARTING) {
                worker.state = Worker.State.READY;
            }
            failedStarts.end();
            resumeStarts();
        });
    }

    /// @throws OutOfMemoryError if there is none; then nothing has changed, and the caller repeats it
    void initializerFailed(Throwable failure) {
        events.run(() -> fail(new BrokenPoolException(
                named("is broken: its initializer failed with " + failure), failure)));
    }

    /// Results cannot be read any more, so no job can complete.
    ///
    /// @throws OutOfMemoryError if there is none; then nothing has changed, and the caller repeats it
    void unreadable(Throwable failure) {
        events.run(() -> fail(new BrokenPoolException(
                named("is broken: the results of its workers cannot be read: " + failure), failure)));
    }

    /// A worker is dead, and every result that it sent was read.
    ///
    /// @throws OutOfMemoryError if there is none; the caller repeats it, and what is done is not done again
    void died(int number) {
        events.run(() -> {
            Worker worker = worker(number);
            if (worker != null) {
                died(worker, worker.chunks());
                byNumber.remove(number);     // last: a repeated event finds the worker, and what is left to do
            }
        });
    }

    private void died(Worker worker, List<Chunk> chunks) {
        workers.remove(worker);
        Chunk unreceivable = unreceivable(worker, chunks);
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            boolean lost = worker.hasBegun(chunk) || chunk == unreceivable;
            worker.remove(chunk);
            if (lost) {
                lost(chunk, worker);
            } else {
                giveBack(chunk);
            }
        }
        if (worker.state == Worker.State.STARTING && !ending) {
            endedBeforeReady(worker);
        }
        if (worker.state != Worker.State.DEAD && !ending && FlightRecording.isOn()) {
            EventLoop.guard(() ->
                    WorkerRestarted.report(poolName, worker.number, worker.pid(), worker.exit().toString()));
        }
        close(worker);
    }

    private static void close(Worker worker) {
        try {
            worker.close();
        } catch (OutOfMemoryError noMemory) {
            throw noMemory;                  // a second call closes it
        } catch (RuntimeException | Error unexpected) {
            EventLoop.log(unexpected);
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
        Throwable why;
        try {
            why = new WorkerDiedException(job.name, worker.pid(), worker.exit(), chunk.attempts);
        } catch (OutOfMemoryError noMemory) {
            why = noMemory;
        }
        failed(chunk, why);
    }

    /// Tells a job the failure of one of its chunks. Without memory for that, the job ends as a whole.
    private void failed(Chunk chunk, Throwable why) {
        Job job = chunk.job;
        try {
            job.fail(chunk, why);
        } catch (OutOfMemoryError noMemory) {
            job.abandon(noMemory);
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

    /// The pool is broken. Its workers are killed after this round of events.
    ///
    /// @throws OutOfMemoryError if there is none; then nothing has changed
    private void fail(BrokenPoolException why) {
        if (broken == null) {
            List<Job> all = List.copyOf(live);
            broken = why;
            killing = true;
            state = state == State.RUNNING ? State.SHUTDOWN : state;
            announce(state);
            admission.close();
            abandon(all, why);
        }
    }

    /// Needs no memory of its own.
    ///
    /// @param all a copy of all live jobs
    private void abandon(List<Job> all, Throwable why) {
        revoke(null);                        // before a future is done
        for (int i = 0; i < all.size(); i++) {
            finish(all.get(i));
            abandon(all.get(i), why);
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
            EventLoop.guard(worker::kill);
        }
    }

    // Dispatch.

    /// Does what follows from the state, after each round of events.
    private void dispatch() {
        try {
            while (!ending && !killing && dispatchOne()) {
                // Until no worker has room, or no chunk is left.
            }
            startMissing();
            if (killing) {
                killAll();
            }
            retire();
            stalled = false;
            busy = !live.isEmpty() || starting > 0 || state != State.RUNNING || isWorkerStarting();
        } catch (RuntimeException | Error failure) {
            busy = true;                     // so that another event comes, which tries this again
            throw failure;
        }
    }

    /// Ends the workers, and then the pool, once nothing more is to be done.
    private void retire() {
        if (state != State.RUNNING && live.isEmpty()) {
            for (Worker worker : workers) {
                worker.retire();
            }
            if (workers.isEmpty() && starting == 0) {
                over = true;
            }
        }
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
        boolean taken;
        try {
            taken = worker.give(chunk, ++nextAttempt);
        } catch (RuntimeException | Error refused) {
            failed(chunk, refused);
            return;
        }
        if (!taken) {
            giveBack(chunk);
            worker.retire();                 // its queue is full of revoked chunks: it skips them, and is replaced
            return;
        }
        admission.left(chunk.job);
        if (maxTasksPerWorker > 0 && worker.given >= maxTasksPerWorker) {
            worker.retire();
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
        var _ = events.call(() -> stop(true, atOnce ? () -> killing = true : () -> workers.forEach(this::end)));
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

    /// Ends a worker in order, and kills it if that takes too long, or cannot be asked for.
    private void end(Worker worker) {
        var _ = Timer.after(graceNanos, () -> events.run(() -> {
            if (worker.state != Worker.State.DEAD) {
                worker.kill();
            }
        }));
        EventLoop.guard(worker::terminate);
    }

    /// Cancels all that is not done; the workers are killed after this round of events. Not for an event.
    ///
    /// @throws Error for want of memory or stack: then tasks are refused, and nothing else has changed
    void terminate() {
        announce(State.TERMINATED);
        events.run(() -> {
            List<Job> all = List.copyOf(live);
            CancellationException why = new CancellationException(named("was terminated"));
            killing = true;
            state = State.TERMINATED;
            admission.close();
            abandon(all, why);
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
