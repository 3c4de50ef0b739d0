package io.sluice.pool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// Decides which worker gets which task.
///
/// - **Threads:** any. What happens to a pool is an event; whichever thread brings one while nobody else is at it works
///   through them all, so no thread waits for another, and a task goes to an idle worker from the thread that submits
///   it. (The drain loop of an actor.) All fields below are touched by that one thread alone.
final class Scheduler {
    private static final int REFUSALS_THAT_MAY_BE = 2;
    private static final int TURNS_OF_A_PASSER_BY = 100;
    private static final int EVENTS_OF_A_TURN = 64;

    enum State { RUNNING, SHUTDOWN, TERMINATED }

    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unhandled = new AtomicInteger();

    private final int size;
    private final int maxTasksPerWorker;
    private final long graceNanos;
    private final WorkerStarter starter;
    private final Backlog backlog;
    private final Admission admission;
    private final Set<Job> live = new LinkedHashSet<>();
    private final List<Worker> workers = new ArrayList<>();
    private final Set<Integer> early = new HashSet<>();
    private int starting;
    private final FailedStarts failedStarts = new FailedStarts();
    /// Begins starts again; null if they are not held back.
    private Future<?> pause;
    private int nextWorker;
    private long nextSequence;
    private long nextAttempt;
    private boolean stalled;

    private final Map<Integer, Worker> byNumber = new ConcurrentHashMap<>();
    private State state = State.RUNNING;
    /// The state as others see it: in force when the call that asked for it returns, also if another thread is at the
    /// events at that moment.
    private volatile State announced = State.RUNNING;
    private volatile BrokenPoolException broken;
    private volatile boolean busy = true;
    private volatile boolean over;

    Scheduler(
            int size, int maxTasksPerWorker, long graceNanos, Policy policy, Admission admission,
            WorkerStarter starter) {
        this.size = size;
        this.maxTasksPerWorker = maxTasksPerWorker;
        this.graceNanos = graceNanos;
        this.starter = starter;
        this.backlog = new Backlog(policy);
        this.admission = admission;
    }

    // The loop.

    private void post(Runnable event) {
        events.add(event);
        if (unhandled.getAndIncrement() == 0) {
            drain();                         // otherwise whoever is at it comes to this one, too
        }
    }

    /// Works through as many events as were counted when it looked, and no more: one that is in the queue and not yet
    /// counted would bring the count to zero under this thread, and let a second one in.
    private void drain() {
        int turn = 0;
        int counted;
        do {
            if (++turn > TURNS_OF_A_PASSER_BY && handOver()) {
                return;                      // no submission has to work for all the others
            }
            counted = Math.min(unhandled.get(), EVENTS_OF_A_TURN);
            for (int i = 0; i < counted; i++) {
                guard(events.poll());
            }
            guard(this::dispatch);
        } while (unhandled.addAndGet(-counted) != 0);
    }

    /// @return false if there is no thread to take over
    private boolean handOver() {
        try {
            Thread.ofVirtual().start(this::drain);
            return true;
        } catch (OutOfMemoryError noThread) {
            return false;
        }
    }

    /// Nothing here is meant to throw; if something does, the pool must not stand still for it.
    private static void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error unexpected) {
            Log.error("a step of the scheduler failed", unexpected);
        }
    }

    // What others ask.

    /// Whether results, or workers, are on their way, so that somebody should be reading.
    boolean isBusy() {
        return busy;
    }

    /// Whether jobs are under way; those that were submitted before this is asked are.
    boolean hasWork() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        post(() -> answer.complete(!live.isEmpty()));
        return answer.join();
    }

    State state() {
        return announced;
    }

    private synchronized void announce(State next) {
        if (next.compareTo(announced) > 0) {
            announced = next;
        }
    }

    BrokenPoolException broken() {
        return broken;
    }

    /// Whether no worker is left and none will come.
    boolean isOver() {
        return over;
    }

    /// The worker of a result, for the thread that reads them.
    Worker worker(int number) {
        return byNumber.get(number);
    }

    // What happens.

    void start() {
        post(this::startMissing);
    }

    /// Takes a job in, or again one that had nothing more to give out and has.
    void submitted(Job job) {
        busy = true;
        post(() -> {
            if (state != State.RUNNING) {
                job.abandon(broken != null ? broken : new RejectedExecutionException("the pool was shut down"));
                admission.left(job);
                return;
            }
            if (job.isDone()) {              // cancelled, or its elements were done behind others of the same iteration
                admission.left(job);
                return;
            }
            if (job.sequence == 0) {
                job.sequence = ++nextSequence;
            }
            try {
                live.add(job);
                backlog.add(job);
            } catch (OutOfMemoryError error) {
                job.abandon(error);
                finish(job);
            }
        });
    }

    /// Nothing has come from any worker for a slice.
    void noResults() {
        post(() -> stalled = true);
    }

    /// The future of a job is done by somebody else than its results.
    void abandoned(Job job, boolean interrupt) {
        post(() -> {
            takeBack(job, interrupt);
            finish(job);
        });
    }

    @SuppressWarnings("ReferenceEquality") // a job is itself
    private void takeBack(Job job, boolean interrupt) {
        Map<Chunk, Worker> begun = revoke(chunk -> chunk.job == job);
        if (interrupt) {
            begun.forEach((chunk, worker) -> interrupt(worker, chunk));
        }
    }

    /// Takes back chunks that their workers have not begun. All of them before one that runs is interrupted: its worker
    /// would begin the next one.
    ///
    /// @return those that were begun
    private Map<Chunk, Worker> revoke(Predicate<Chunk> which) {
        Map<Chunk, Worker> begun = new LinkedHashMap<>();
        for (Worker worker : workers) {
            for (Chunk chunk : worker.chunks()) {
                if (which.test(chunk) && !worker.revoke(chunk)) {
                    begun.put(chunk, worker);
                }
            }
        }
        return begun;
    }

    private void interrupt(Worker worker, Chunk chunk) {
        long attempt = chunk.number;
        worker.interrupt(chunk);
        if (chunk.grace == null) {
            chunk.grace = Timers.after(graceNanos, () -> post(() -> {
                if (worker.state != Worker.State.DEAD && worker.holds(chunk, attempt)) {
                    worker.kill();       // it did not obey; its death replaces it
                }
            }));
        }
    }

    /// A chunk has come back, and its job has taken its result.
    void completed(Worker worker, Chunk chunk, long nanos) {
        post(() -> {
            worker.remove(chunk);
            worker.done++;
            Job job = chunk.job;
            job.measured(chunk, nanos);
            finishIfDone(job);
        });
    }

    private void finishIfDone(Job job) {
        if (job.isDone()) {
            if (job.kind() == Message.MAP) {
                takeBack(job, false);        // of one that failed, the rest need not begin
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

    // Workers come and go.

    private void startMissing() {
        boolean over = broken != null || (state != State.RUNNING && live.isEmpty()) || state == State.TERMINATED;
        if (over || pause != null) {
            return;
        }
        long present = workers.stream().filter(worker -> worker.state != Worker.State.RETIRING).count();
        for (long missing = size - present - starting; missing > 0; missing--) {
            int number = nextWorker++;
            starting++;
            try {
                starter.start(number, this::started, failure -> notStarted(number, failure));
            } catch (RuntimeException | Error noThread) {
                notStarted(number, noThread);
            }
        }
    }

    private void started(Worker worker) {
        post(() -> {
            starting--;
            byNumber.put(worker.number, worker);
            workers.add(worker);
            if (early.remove(worker.number)) {
                worker.state = Worker.State.READY;
            }
            if (state == State.TERMINATED || broken != null) {
                worker.kill();
            }
        });
    }

    private void notStarted(int number, Throwable failure) {
        post(() -> {
            starting--;
            boolean tooMany = failedStarts.failed(number, nextWorker);
            startFailed(tooMany, "no worker could be started: " + failure.getMessage(), failure);
        });
    }

    private void startFailed(boolean tooMany, String why, Throwable cause) {
        if (tooMany) {
            fail(new BrokenPoolException("the pool is broken: " + why, cause));
        } else {
            holdStarts(why);
        }
    }

    /// A worker did not get ready. The next one starts at once, and after it each one later than the one before: what
    /// kills them from outside may end, and the machine may have too little of something for a while.
    private void holdStarts(String why) {
        long nanos = failedStarts.pauseNanos();
        try {
            if (nanos > 0 && pause == null) {
                pause = Timers.after(nanos, () -> post(this::goOnStarting));
                Log.warning(
                        "%s; the next start is in %s ms".formatted(why, TimeUnit.NANOSECONDS.toMillis(nanos)), null);
            }
        } finally {
            startMissing();      // also where there is no memory for a timer: no other event may come
        }
    }

    private void goOnStarting() {
        if (pause != null) {
            pause.cancel(false);
            pause = null;
            startMissing();
        }
    }

    void ready(int number) {
        post(() -> {
            failedStarts.end();
            goOnStarting();
            Worker worker = worker(number);
            if (worker == null) {
                early.add(number);           // one out of a stock is faster than whoever took it
            } else if (worker.state == Worker.State.STARTING) {
                worker.state = Worker.State.READY;
            }
        });
    }

    void initializerFailed(Throwable failure) {
        post(() -> fail(new BrokenPoolException(
                "the pool is broken: its initializer failed with " + failure, failure)));
    }

    /// Results cannot be read any more, so nothing will come of what the workers do.
    void unreadable(Throwable failure) {
        post(() -> fail(new BrokenPoolException(
                "the pool is broken: the results of its workers cannot be read: " + failure, failure)));
    }

    /// A worker is dead, and every result that it sent has been taken.
    void died(int number) {
        post(() -> {
            Worker worker = worker(number);
            if (worker == null || worker.state == Worker.State.DEAD) {
                return;
            }
            boolean neverReady = worker.state == Worker.State.STARTING;
            workers.remove(worker);
            Chunk unreceivable = unreceivable(worker);
            for (Chunk chunk : worker.chunks()) {
                boolean lost = worker.hasBegun(chunk) || chunk == unreceivable;
                worker.remove(chunk);
                if (lost) {
                    lost(chunk, worker);
                } else {
                    giveBack(chunk);
                }
            }
            byNumber.remove(number);
            guard(worker::close);
            if (neverReady) {
                endedBeforeReady(worker);
            } else {
                startMissing();
            }
        });
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

    /// The chunk that a worker was about to take when it ran out of memory, if that was not the first worker that did:
    /// or it would end one after the other. @return null if there is none
    private static Chunk unreceivable(Worker worker) {
        List<Chunk> chunks = worker.chunks();
        if (chunks.isEmpty() || worker.hasBegun(chunks.getFirst()) || !worker.ranOutOfMemory()) {
            return null;
        }
        Chunk next = chunks.getFirst();
        return ++next.refusals < REFUSALS_THAT_MAY_BE ? null : next;
    }

    private void lost(Chunk chunk, Worker worker) {
        Job job = chunk.job;
        chunk.attempts++;
        if (chunk.attempts <= job.options.retries() && !job.isOver()) {
            giveBack(chunk);
            return;
        }
        job.fail(chunk, new WorkerDiedException(job.name, worker.pid(), worker.exit(), chunk.attempts));
        finishIfDone(job);
    }

    private void giveBack(Chunk chunk) {
        if (!chunk.job.isOver()) {
            chunk.job.giveBack(chunk);
            backlog.add(chunk.job);
        }
    }

    private void fail(BrokenPoolException why) {
        if (broken == null) {
            broken = why;
            state = state == State.RUNNING ? State.SHUTDOWN : state;
            announce(state);
            admission.close();
            abandonAll(why);
            killAll();
        }
    }

    private void abandonAll(Throwable why) {
        backlog.removeAll();
        List<Job> all = List.copyOf(live);
        live.clear();
        for (Job job : all) {
            job.abandon(why);
            admission.left(job);
        }
    }

    private void killAll() {
        for (Worker worker : workers) {
            worker.kill();
        }
    }

    // Dispatch.

    private void dispatch() {
        boolean running = state != State.TERMINATED && broken == null;
        while (running && dispatchOne()) {
            // Until no worker has room, or nothing is left.
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

    /// Null also if the next one would be one too many at work: those that retire still run what they hold, while their
    /// replacements are there already.
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

    /// The last chunk of the worker that has most, if it has not begun it. Where work goes on, only one that has much:
    /// what is short is done before another worker has woken up for it. But a guess may be wrong, and a short chunk
    /// stand behind a long one; so when no result has come for a while, any chunk that waits is taken.
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
                worker.retire();             // full of what was revoked: it comes to the end of it, and a new one comes
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
        post(this::stopTaking);
    }

    private void stopTaking() {
        if (state == State.RUNNING) {
            state = State.SHUTDOWN;
            admission.close();
        }
    }

    /// Interrupts what runs, and cancels the rest. @return becomes what was never begun
    CompletableFuture<List<Runnable>> shutdownNow() {
        CompletableFuture<List<Runnable>> answer = new CompletableFuture<>();
        announce(State.SHUTDOWN);
        post(() -> {
            stopTaking();
            Set<Job> begun = new HashSet<>();
            revoke(chunk -> true).forEach((chunk, worker) -> {
                begun.add(chunk.job);
                interrupt(worker, chunk);
            });
            List<Runnable> never = new ArrayList<>();
            backlog.removeAll();
            for (Job job : List.copyOf(live)) {
                boolean runs = begun.contains(job) && job.kind() == Message.CALL;
                if (!runs) {
                    if (job instanceof CallJob<?> call) {
                        never.add(call.runnable());
                    }
                    finish(job);
                    job.abandon(new CancellationException("the pool was shut down before this began"));
                }
            }
            answer.complete(never);
        });
        return answer;
    }

    void terminate() {
        announce(State.TERMINATED);
        post(() -> {
            state = State.TERMINATED;
            admission.close();
            abandonAll(new CancellationException("the pool was terminated"));
            killAll();
        });
    }

    /// The workers now.
    List<WorkerInfo> snapshot() {
        CompletableFuture<List<WorkerInfo>> answer = new CompletableFuture<>();
        post(() -> answer.complete(workers.stream()
                .filter(Worker::isAlive)
                .map(worker -> new WorkerInfo(worker.number, worker.pid(),
                        worker.state == Worker.State.READY, worker.count(), worker.done))
                .toList()));
        return answer.join();
    }
}
