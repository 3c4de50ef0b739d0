package io.sluice.pool;

import io.sluice.core.codec.CodecException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.park.Waiter;
import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Values;
import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.process.StartMethod;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskBiFunction;
import io.sluice.pool.task.TaskFunction;
import io.sluice.pool.task.TaskTriFunction;
import io.sluice.pool.task.Triple;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.queue.SharedQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// An `ExecutorService` whose workers are processes: JVMs of their own, which may crash, run out of memory or be
/// killed, and take nothing with them but the task that they ran.
///
/// ```java
/// try (var pool = ProcessPool.create(4)) {
///     List<Integer> squares = pool.map(x -> x * x, List.of(1, 2, 3));
///     CompletableFuture<Double> price = pool.submit(() -> price(book));
/// }
/// ```
///
/// Declare the variable as `ProcessPool` or `var`, not as `ExecutorService`. The methods here take a [Task] or an
/// [Action]: their lambdas travel, and may throw. Through the interface a lambda is a plain `Callable`, which the
/// compiler does not make serializable; it is refused, and so is what the JDK wraps around a task for an executor
/// (`CompletableFuture.supplyAsync(f, pool)`, `ExecutorCompletionService`, `Executors.callable`). Where only the
/// interface is at hand, a cast helps: `service.submit((Task<Integer>) () -> 1)`.
///
/// Tasks are lambdas and method references, or objects that implement `Serializable`. Arguments, results and what a
/// task captures are serializable objects or records. A task is copied when it is submitted, with what it captures, so
/// later changes change nothing; its result is a copy as well. Shared objects (queues, locks, arrays, ...) travel by
/// name: the task works on the very object, and its handle is closed when the task is done.
///
/// - **Threads:** any.
/// - **Blocking:** submitting waits only if the backlog is full and [WhenFull#BLOCK] is chosen, which is the usual;
///   [#apply], [#map], `get` and `join` wait for results.
/// - **Order:** what a thread did before it submitted a task happens-before the task, and that before the end of `get`.
/// - **Death of a worker:** the task that it ran fails with [WorkerDiedException], or is begun again by another worker
///   as often as [TaskOptions#idempotent] allows; tasks that it had not begun move on; a new worker starts. Those that
///   are killed from outside before they are ready are replaced, each time later, at most every five seconds; three
///   starts in a row that fail by themselves break the pool, and fifteen that are killed while no worker is ready. Of
///   this process: the workers leave, and nothing stays in `/dev/shm`.
/// - **End of the JVM:** tasks that are on their way keep the JVM alive when `main` returns, until their futures are
///   done, and what depends on them synchronously, as by `thenAccept`; an idle pool does not. At `System.exit` and
///   SIGTERM the pool drains; see [Builder#onShutdown].
/// - **Exceptions** of tasks arrive as the same type, with a [io.sluice.pool.task.RemoteTrace] as their root cause, or
///   as [io.sluice.pool.task.RemoteException] if they do not travel. They are the cause of an `ExecutionException`.
/// - **What does not travel** is refused when it is submitted, with a [CodecException] that names the captured variable
///   or field; a result that does not travel fails its future.
/// - **Callbacks** and dependent stages run in virtual threads; they may block.
/// - **Security:** tasks and results decode only to classes of the class path and to values of the JDK; see
///   [Builder#allow].
public final class ProcessPool implements ExecutorService {
    private static final int USUAL_BACKLOG = 65_536;
    private static final int USUAL_WINDOW = 1024;
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final String name;
    private final int size;
    private final Values values;
    private final Buffers buffers = new Buffers();
    private final Admission admission;
    private final SharedSpace space;
    private final SharedQueue<Message> results;
    private final Scheduler scheduler;
    private final ResultReader resultReader;
    private final OnShutdown onShutdown;
    private final CountDownLatch terminated = new CountDownLatch(1);
    /// What the initializer captured, since a worker may start at any time.
    private final KeptObjects kept = new KeptObjects();
    /// What the functions of streams captured that are not at their end. The reader of one may have dropped it
    /// half-way.
    private final Set<KeptObjects> keptByStreams = ConcurrentHashMap.newKeySet();

    /// What a pool is made with.
    ///
    /// - **Threads:** one.
    public static final class Builder {
        private int workers = Cpus.count();
        private String name;
        private Action initializer = () -> {};
        private int maxTasksPerWorker;
        private final List<String> jvmOptions = new ArrayList<>();
        private boolean inherits;
        private String classPath;
        private final List<String> allowed = new ArrayList<>();
        private Policy policy = Policy.FIRST_COME;
        private int backlog = USUAL_BACKLOG;
        private WhenFull whenFull = WhenFull.BLOCK;
        private WaitStrategy strategy = WaitStrategy.ADAPTIVE;
        private boolean pinned;
        private Duration grace = Duration.ofSeconds(2);
        private ProcessContext context;
        private OnShutdown onShutdown = OnShutdown.USUAL;

        private Builder() {}

        /// How many worker processes there are; usually one for each core.
        ///
        /// @param count 1 to 200
        /// @return this
        /// @throws IllegalArgumentException if the number is out of its range
        public Builder workers(int count) {
            if (count < 1 || count > 200) {
                throw new IllegalArgumentException("pool: %,d workers is not between 1 and 200".formatted(count));
            }
            workers = count;
            return this;
        }

        /// Names the pool, for people: its workers, threads and space are called after it.
        ///
        /// @param wish letters, digits, dashes and underscores, 1 to 24, the first a letter
        /// @return this
        /// @throws IllegalArgumentException if it is none
        public Builder name(String wish) {
            if (!wish.matches("[A-Za-z][A-Za-z0-9_-]{0,23}")) {
                throw new IllegalArgumentException(("pool: the name '%s' is not 1 to 24 letters, digits, dashes and"
                        + " underscores, the first a letter").formatted(wish));
            }
            name = wish;
            return this;
        }

        /// Runs in each worker before its first task. If it throws, the pool is broken, with what it threw.
        ///
        /// @param action what to do
        /// @return this
        public Builder initializer(Action action) {
            initializer = Objects.requireNonNull(action, "initializer");
            return this;
        }

        /// Replaces a worker by a new process after so many tasks; a chunk of a map counts as one.
        ///
        /// @param count 1 or more
        /// @return this
        /// @throws IllegalArgumentException if the number is out of its range
        public Builder maxTasksPerWorker(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("pool: %,d tasks per worker; expected 1 or more".formatted(count));
            }
            maxTasksPerWorker = count;
            return this;
        }

        /// Gives the workers the options of this JVM: see [ProcessContext#inheritableJvmOptions()]. Those of
        /// [#jvmOptions] come behind them, and win.
        ///
        /// @return this
        public Builder inheritJvmOptions() {
            inherits = true;
            return this;
        }

        /// Adds options of the workers' JVMs, such as `-Xmx512m`. A worker has none of this JVM's options, such as
        /// `-Xmx`, `-D` and `--add-opens`, but by [#inheritJvmOptions()]. Without an option for its heap, that may take
        /// a quarter of the memory, as in any JVM; in a container with a memory limit, all workers of the pool together
        /// take half of that at most.
        ///
        /// @param options they win over ours: serial collector, exit on `OutOfMemoryError`
        /// @return this
        public Builder jvmOptions(String... options) {
            jvmOptions.addAll(List.of(options));
            return this;
        }

        /// Gives the workers another class path than this process has, or than the context says; it must have Sluice,
        /// what it needs, and the classes of the tasks.
        ///
        /// @param wish files and folders, separated by colons
        /// @return this
        public Builder classPath(String wish) {
            classPath = Objects.requireNonNull(wish, "classPath");
            return this;
        }

        /// Allows further classes of the JDK in tasks and results. Classes of the class path are allowed, and of the
        /// JDK its values: numbers, strings, collections, times, exceptions.
        ///
        /// @param patterns classes `java.util.PriorityQueue`, or packages `javax.swing.*`
        /// @return this
        public Builder allow(String... patterns) {
            allowed.addAll(List.of(patterns));
            return this;
        }

        /// Which job a free worker serves next.
        ///
        /// @param wish usually [Policy#FIRST_COME]
        /// @return this
        public Builder policy(Policy wish) {
            policy = Objects.requireNonNull(wish, "policy");
            return this;
        }

        /// How many calls may wait for a worker, and what happens to the next one.
        ///
        /// @param calls 1 or more; usually 65,536
        /// @param then usually [WhenFull#BLOCK]
        /// @return this
        /// @throws IllegalArgumentException if the number is out of its range
        public Builder backlog(int calls, WhenFull then) {
            if (calls < 1) {
                throw new IllegalArgumentException("pool: a backlog of %,d calls; expected 1 or more".formatted(calls));
            }
            backlog = calls;
            whenFull = Objects.requireNonNull(then, "then");
            return this;
        }

        /// How workers wait for tasks, and threads of this process for results.
        ///
        /// @param wish [WaitStrategy#BUSY_SPIN] for workers that have a core each, and calls in microseconds
        /// @return this
        public Builder waitStrategy(WaitStrategy wish) {
            strategy = Objects.requireNonNull(wish, "strategy");
            return this;
        }

        /// Binds the main thread of each worker to a core, one after the other of those that this process may use.
        ///
        /// @param wish usually false
        /// @return this
        public Builder pinned(boolean wish) {
            pinned = wish;
            return this;
        }

        /// How long a task that was cancelled by interrupt may take to end before its worker is killed.
        ///
        /// @param wish usually two seconds
        /// @return this
        /// @throws IllegalArgumentException if it is negative
        public Builder grace(Duration wish) {
            if (wish.isNegative()) {
                throw new IllegalArgumentException("pool: the grace period %s is negative".formatted(wish));
            }
            grace = wish;
            return this;
        }

        /// What becomes of the pool if it is open when this JVM shuts down.
        ///
        /// @param wish usually [OnShutdown#drain] within five seconds
        /// @return this
        public Builder onShutdown(OnShutdown wish) {
            onShutdown = Objects.requireNonNull(wish, "onShutdown");
            return this;
        }

        /// How the workers are started; usually as by [ProcessContext#usual()].
        ///
        /// @param wish stays the caller's, to be closed after the pool
        /// @return this
        public Builder context(ProcessContext wish) {
            context = Objects.requireNonNull(wish, "context");
            return this;
        }

        /// The pool; its workers start in the background.
        ///
        /// @return the pool, to be closed by the caller
        /// @throws CodecException if the initializer cannot travel
        /// @throws IllegalArgumentException if a new JVM would not find Sluice on its class path; says what to do
        /// @throws IllegalStateException if options or a class path are given, and the context has a stock of JVMs
        public ProcessPool build() {
            return new ProcessPool(this);
        }
    }

    private ProcessPool(Builder wish) {
        int number = POOLS.incrementAndGet();
        ProcessContext given = wish.context != null ? wish.context : ProcessContext.usual();
        boolean ofItsOwn = wish.inherits || !wish.jvmOptions.isEmpty() || wish.classPath != null;
        if (given.method() == StartMethod.STANDBY && ofItsOwn) {
            throw new IllegalStateException(("%s: the JVMs of a stock run already, so a pool can give its workers no"
                    + " JVM options and no class path; give them to the context, or use"
                    + " ProcessContext.spawn()").formatted(
                    given));
        }
        ProcessContext context = wish.inherits ? given.inheritJvmOptions() : given;
        this.name = wish.name != null ? wish.name : "pool-" + number;
        this.size = wish.workers;
        this.onShutdown = wish.onShutdown;
        this.values = new Values(wish.allowed);
        this.admission = new Admission(wish.backlog, wish.whenFull);
        String spaceName = OpenPools.spaceName(name, number);
        long graceNanos = TimeUnit.NANOSECONDS.convert(wish.grace);
        WorkerOptions options = new WorkerOptions(
                spaceName, encode(wish.initializer, kept), List.copyOf(wish.allowed), wish.strategy);
        SharedSpace opened = null;
        boolean built = false;
        try {
            // Refuses here what no JVM would find, before there is anything to clean up.
            var _ = WorkerStarter.builder(context, wish.classPath, new WorkerMain(options, 0, -1)).name(name).build();
            opened = SharedSpace.openTemporary(spaceName);
            this.space = opened;
            Channels channels = new Channels(opened, wish.strategy);
            this.results = channels.results();
            WorkerStarter starter = new WorkerStarter(
                    name, context, workerOptions(wish, context), wish.classPath, options, wish.pinned, opened, channels,
                    results);
            this.scheduler = new Scheduler(size, wish.maxTasksPerWorker, graceNanos, wish.policy, admission, starter);
            this.resultReader = new ResultReader(name, scheduler, results, values, this::leave);
            OpenPools.add(this);
            resultReader.start();
            built = true;
        } finally {
            if (!built) {
                try (kept; SharedSpace _ = opened) {
                    OpenPools.remove(this);
                }
            }
        }
        scheduler.start();
    }

    /// Those that come behind what a context inherits.
    private static List<String> workerOptions(Builder wish, ProcessContext context) {
        List<String> all = new ArrayList<>(
                context.inheritsJvmOptions() ? ProcessContext.inheritableJvmOptions() : List.of());
        all.addAll(wish.jvmOptions);
        List<String> ours = new ArrayList<>(WorkerMain.jvmOptions());
        ours.addAll(HeapShare.ofThisContainer().options(wish.workers, all));
        ours.addAll(wish.jvmOptions);
        return List.copyOf(ours);
    }

    /// The last thing that the pool's thread does. Whatever fails of it, the rest is done, and all who wait for the end
    /// learn of it.
    private void leave() {
        try (kept; space; results) {
            keptByStreams.forEach(Job::letGo);
        } catch (RuntimeException | Error failure) {
            Log.error("not all could be closed", failure);
        } finally {
            OpenPools.remove(this);
            terminated.countDown();
        }
    }

    /// A pool with a worker for each core.
    ///
    /// @return the pool, to be closed by the caller
    public static ProcessPool create() {
        return builder().build();
    }

    /// A pool.
    ///
    /// @param workers how many processes, 1 to 200
    /// @return the pool, to be closed by the caller
    public static ProcessPool create(int workers) {
        return builder().workers(workers).build();
    }

    /// A pool with settings of its own.
    ///
    /// @return a builder
    public static Builder builder() {
        return new Builder();
    }

    /// Its name.
    ///
    /// @return the name
    public String name() {
        return name;
    }

    /// How many workers it has, or is about to have.
    ///
    /// @return the number
    public int size() {
        return size;
    }

    /// Its workers.
    ///
    /// @return a snapshot; those that have just died are missing
    public List<WorkerInfo> workers() {
        return scheduler.snapshot();
    }

    // Single tasks.

    /// Runs a task in a worker.
    ///
    /// @param task what to do
    /// @param <T> type of the result
    /// @return becomes its result
    /// @throws CodecException if it cannot travel; names what cannot
    /// @throws RejectedExecutionException if the pool was shut down or is broken, or its backlog is full and that is
    ///     the policy
    public <T> CompletableFuture<T> submit(Task<T> task) {
        return call(task, TaskOptions.USUAL, true);
    }

    /// Runs a task in a worker.
    ///
    /// @param task what to do
    /// @param options how to treat it; null for the usual
    /// @param <T> type of the result
    /// @return becomes its result
    /// @throws CodecException if it cannot travel; names what cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public <T> CompletableFuture<T> submit(Task<T> task, TaskOptions options) {
        return call(task, options == null ? TaskOptions.USUAL : options, true);
    }

    /// Runs an action in a worker.
    ///
    /// @param action what to do
    /// @return becomes null
    /// @throws CodecException if it cannot travel; names what cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public CompletableFuture<?> submit(Action action) {
        return call(action, TaskOptions.USUAL, true);
    }

    /// Runs an action in a worker.
    ///
    /// @param action what to do
    /// @param options how to treat it; null for the usual, as in `submit(action, null)`, where null is meant as a
    ///     result
    /// @return becomes null
    /// @throws CodecException if it cannot travel; names what cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public CompletableFuture<Void> submit(Action action, TaskOptions options) {
        return call(action, options == null ? TaskOptions.USUAL : options, true);
    }

    /// Runs an action in a worker.
    ///
    /// @param action what to do
    /// @param result stays here, and need not travel
    /// @param <T> type of the result
    /// @return becomes the result, once the action is done
    /// @throws CodecException if it cannot travel; names what cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public <T> CompletableFuture<T> submit(Action action, T result) {
        return call(action, result, TaskOptions.USUAL, true);
    }

    @Override
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        return call(task, TaskOptions.USUAL, true);
    }

    @Override
    public CompletableFuture<?> submit(Runnable task) {
        return call(task, TaskOptions.USUAL, true);
    }

    @Override
    public <T> CompletableFuture<T> submit(Runnable task, T result) {
        return call(task, result, TaskOptions.USUAL, true);
    }

    /// Runs an action in a worker; what it throws is logged.
    ///
    /// @param action what to do
    /// @throws CodecException if it cannot travel; names what cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public void execute(Action action) {
        execute((Runnable) action);
    }

    @Override
    public void execute(Runnable action) {
        var _ = call(action, TaskOptions.USUAL, true).exceptionally(failure -> {
            Log.warning("a task of execute() failed", PoolFuture.thrown(failure));
            return null;
        });
    }

    private <T> PoolFuture<T> call(Object task, TaskOptions options, boolean wake) {
        return call(task, null, options, wake);
    }

    private <T> PoolFuture<T> call(Object task, T result, TaskOptions options, boolean wake) {
        try {
            return call(task, result, options, wake, Waiter.FOREVER);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException(
                    "pool '%s': interrupted while waiting for room in its backlog".formatted(name), interrupted);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Submits a task.
    ///
    /// @param result what the future of a task without a result becomes
    /// @param deadline for the wait for room in the backlog, as [Waiter#deadline] gives it
    /// @throws TimeoutException if there was no room in time
    private <T> PoolFuture<T> call(Object task, T result, TaskOptions options, boolean wake, long deadline)
            throws InterruptedException, TimeoutException {
        StackRoom.probeDeep();
        Objects.requireNonNull(task, "task");
        String called = nameOf(task, options);
        PoolFuture<T> future = new PoolFuture<>(scheduler, resultReader);
        KeptObjects captured = new KeptObjects();
        byte[] encoded = encode(task, captured);
        CallJob<T> job = null;
        boolean entered = false;
        boolean started = false;
        try {
            job = new CallJob<>(options, called, task, encoded, captured, result, values, future);
            checkWorking();
            entered = admission.enter(deadline);
            if (entered) {
                start(job, future, wake);
                started = true;
            } else {
                var _ = job.leaveBacklog();
                job.runHere();
            }
        } finally {
            if (!started) {
                end(job, captured);
                if (entered) {
                    admission.left(job);
                }
            }
        }
        return future;
    }

    private void start(Job job, PoolFuture<?> future, boolean wake) {
        Duration deadline = job.options.deadline();
        if (deadline != null) {
            future.expiresAfter(deadline);   // it may pass at once: then the scheduler finds that the job is over
        }
        scheduler.submitted(job);
        resultReader.submitted(wake);
    }

    /// Ends what was not started.
    ///
    /// @param job null if there was no memory for it
    private static void end(Job job, KeptObjects captured) {
        if (job != null) {
            job.over();
        }
        Job.letGo(captured);
    }

    private void checkWorking() {
        if (scheduler.broken() != null) {
            throw new BrokenPoolException(scheduler.broken().getMessage(), scheduler.broken().getCause());
        }
        if (scheduler.state() != Scheduler.State.RUNNING) {
            throw new RejectedExecutionException("pool '%s' was shut down".formatted(name));
        }
    }

    private byte[] encode(Object task, KeptObjects captured) {
        return buffers.encode(values, task, captured);
    }

    /// Asked before anything is encoded: options that are missing are refused while nothing is kept.
    private static String nameOf(Object task, TaskOptions options) {
        Objects.requireNonNull(options, "options");
        if (options.name() != null) {
            return options.name();
        }
        String type = task.getClass().getName();
        int lambda = type.indexOf("$$Lambda");
        return lambda < 0 ? type : "lambda of " + type.substring(0, lambda);
    }

    /// Runs a task in a worker and waits for it.
    ///
    /// @param task what to do
    /// @param <T> type of the result
    /// @return the result
    /// @throws ExecutionException if it failed; its cause is what the task threw
    /// @throws InterruptedException if interrupted while waiting; the task is cancelled
    public <T> T apply(Task<T> task) throws ExecutionException, InterruptedException {
        PoolFuture<T> future;
        try {
            future = call(task, null, TaskOptions.USUAL, false, Waiter.FOREVER);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
        return getOrCancel(future);
    }

    private static <T> T getOrCancel(PoolFuture<T> future) throws ExecutionException, InterruptedException {
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            var _ = future.cancel(true);
            throw interrupted;
        }
    }

    /// Applies a function to an argument in a worker and waits for it.
    ///
    /// @param function what to do
    /// @param argument travels with it
    /// @param <A> type of the argument
    /// @param <R> type of the result
    /// @return the result
    /// @throws ExecutionException if it failed; its cause is what the function threw
    /// @throws InterruptedException if interrupted while waiting; the task is cancelled
    public <A, R> R apply(TaskFunction<A, R> function, A argument) throws ExecutionException, InterruptedException {
        return apply(() -> function.apply(argument));
    }

    /// Applies a function to two arguments in a worker and waits for it.
    ///
    /// @param function what to do
    /// @param first argument
    /// @param second argument
    /// @param <A> type of the first argument
    /// @param <B> type of the second argument
    /// @param <R> type of the result
    /// @return the result
    /// @throws ExecutionException if it failed; its cause is what the function threw
    /// @throws InterruptedException if interrupted while waiting; the task is cancelled
    public <A, B, R> R apply(TaskBiFunction<A, B, R> function, A first, B second)
            throws ExecutionException, InterruptedException {
        return apply(() -> function.apply(first, second));
    }

    /// Applies a function to an argument in a worker.
    ///
    /// @param function what to do
    /// @param argument travels with it
    /// @param <A> type of the argument
    /// @param <R> type of the result
    /// @return becomes the result
    public <A, R> CompletableFuture<R> applyAsync(TaskFunction<A, R> function, A argument) {
        return call((Task<R>) () -> function.apply(argument), TaskOptions.USUAL, true);
    }

    /// Runs a task in a worker, and calls back.
    ///
    /// @param task what to do
    /// @param callback gets the result, in a virtual thread; what it throws is logged and harms nobody
    /// @param errorCallback gets what the task threw, likewise
    /// @param <T> type of the result
    /// @return becomes the result
    public <T> CompletableFuture<T> applyAsync(
            Task<T> task, Consumer<? super T> callback, Consumer<? super Throwable> errorCallback) {
        checkCallbacks(callback, errorCallback);
        return calling(call(task, TaskOptions.USUAL, true), callback, errorCallback);
    }

    /// Before anything is submitted: a callback that is missing could not say so.
    private static void checkCallbacks(Consumer<?> callback, Consumer<?> errorCallback) {
        Objects.requireNonNull(callback, "callback");
        Objects.requireNonNull(errorCallback, "errorCallback");
    }

    private static <T> CompletableFuture<T> calling(
            PoolFuture<T> future, Consumer<? super T> callback, Consumer<? super Throwable> errorCallback) {
        var _ = future.whenComplete((value, failure) -> {
            try {
                if (failure == null) {
                    callback.accept(value);
                } else {
                    errorCallback.accept(PoolFuture.thrown(failure));
                }
            } catch (Throwable ofTheCallback) {
                Log.warning("a callback failed", ofTheCallback);
            }
        });
        return future;
    }

    // Many tasks of one function.

    /// Applies a function to each element, in the workers, and waits for all.
    ///
    /// @param function what to do
    /// @param elements its arguments
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results in the order of the elements, unmodifiable
    /// @throws ExecutionException if one failed: the first failure that arrives; what was not begun is not begun then
    /// @throws InterruptedException if interrupted while waiting; the map is cancelled
    public <A, R> List<R> map(TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements)
            throws ExecutionException, InterruptedException {
        return map(function, elements, TaskOptions.USUAL);
    }

    /// Applies a function to each element, so many at a time, and waits for all.
    ///
    /// @param function what to do
    /// @param elements its arguments
    /// @param chunkSize how many elements travel together, 1 or more
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return as for [#map(TaskFunction, Collection)]
    /// @throws ExecutionException as for [#map(TaskFunction, Collection)]
    /// @throws InterruptedException as for [#map(TaskFunction, Collection)]
    public <A, R> List<R> map(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, int chunkSize)
            throws ExecutionException, InterruptedException {
        return map(function, elements, TaskOptions.USUAL.chunkSize(chunkSize));
    }

    /// Applies a function to each element, and waits for all.
    ///
    /// @param function what to do
    /// @param elements its arguments
    /// @param options how to treat them
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return as for [#map(TaskFunction, Collection)]
    /// @throws ExecutionException as for [#map(TaskFunction, Collection)]
    /// @throws InterruptedException as for [#map(TaskFunction, Collection)]
    public <A, R> List<R> map(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions options)
            throws ExecutionException, InterruptedException {
        return getOrCancel(mapJob(function, elements, options, false));
    }

    /// Applies a function to each element, without waiting.
    ///
    /// @param function what to do
    /// @param elements its arguments; they are copied before this returns
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return becomes the results in the order of the elements
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements) {
        return mapAsync(function, elements, TaskOptions.USUAL);
    }

    /// Applies a function to each element, without waiting.
    ///
    /// @param function what to do
    /// @param elements its arguments; they are copied before this returns
    /// @param options how to treat them
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return becomes the results in the order of the elements
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions options) {
        return mapJob(function, elements, options, true);
    }

    /// Applies a function to each element, and calls back once, with the whole list.
    ///
    /// @param function what to do
    /// @param elements its arguments; they are copied before this returns
    /// @param callback gets the results, in a virtual thread; what it throws is logged and harms nobody
    /// @param errorCallback gets the first failure, likewise
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return becomes the results in the order of the elements
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements,
            Consumer<? super List<R>> callback, Consumer<? super Throwable> errorCallback) {
        checkCallbacks(callback, errorCallback);
        return calling(this.<A, R>mapJob(function, elements, TaskOptions.USUAL, true), callback, errorCallback);
    }

    private <A, R> PoolFuture<List<R>> mapJob(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions options,
            boolean wake) {
        StackRoom.probeDeep();
        String called = nameOf(Objects.requireNonNull(function, "function"), options);
        PoolFuture<List<R>> future = new PoolFuture<>(scheduler, resultReader);
        KeptObjects captured = new KeptObjects();
        byte[] encoded = encode(function, captured);
        MapJob<R> job = null;
        boolean started = false;
        try {
            Batch batch = captured.collect(() -> Batch.encodeAll(values, elements));
            job = new MapJob<>(options, called, encoded, Cost.of(function.getClass()), batch, captured, values, future);
            checkWorking();
            if (batch.size() == 0) {
                future.deliver(List.of());
            } else {
                start(job, future, wake);
                started = true;
            }
        } finally {
            if (!started) {
                end(job, captured);
            }
        }
        return future;
    }

    /// Applies a function of two arguments to each pair, and waits for all.
    ///
    /// @param function what to do
    /// @param arguments its arguments
    /// @param <A> type of the first arguments
    /// @param <B> type of the second arguments
    /// @param <R> type of the results
    /// @return as for [#map(TaskFunction, Collection)]
    /// @throws ExecutionException as for [#map(TaskFunction, Collection)]
    /// @throws InterruptedException as for [#map(TaskFunction, Collection)]
    public <A, B, R> List<R> starmap(TaskBiFunction<A, B, R> function, Collection<Pair<A, B>> arguments)
            throws ExecutionException, InterruptedException {
        return map((Pair<A, B> pair) -> function.apply(pair.first(), pair.second()), arguments);
    }

    /// Applies a function of three arguments to each triple, and waits for all. For more arguments, map a record.
    ///
    /// @param function what to do
    /// @param arguments its arguments
    /// @param <A> type of the first arguments
    /// @param <B> type of the second arguments
    /// @param <C> type of the third arguments
    /// @param <R> type of the results
    /// @return as for [#map(TaskFunction, Collection)]
    /// @throws ExecutionException as for [#map(TaskFunction, Collection)]
    /// @throws InterruptedException as for [#map(TaskFunction, Collection)]
    public <A, B, C, R> List<R> starmap(TaskTriFunction<A, B, C, R> function, Collection<Triple<A, B, C>> arguments)
            throws ExecutionException, InterruptedException {
        return map(
                (Triple<A, B, C> triple) -> function.apply(triple.first(), triple.second(), triple.third()), arguments);
    }

    /// Applies a function of two arguments to each pair, without waiting.
    ///
    /// @param function what to do
    /// @param arguments its arguments; they are copied before this returns
    /// @param <A> type of the first arguments
    /// @param <B> type of the second arguments
    /// @param <R> type of the results
    /// @return becomes the results in the order of the pairs
    public <A, B, R> CompletableFuture<List<R>> starmapAsync(
            TaskBiFunction<A, B, R> function, Collection<Pair<A, B>> arguments) {
        return mapAsync((Pair<A, B> pair) -> function.apply(pair.first(), pair.second()), arguments);
    }

    /// Applies a function to each element of an input that is read as the results are: at most 1,024 are on their way.
    ///
    /// @param function what to do
    /// @param elements its arguments, perhaps without end; `stream::iterator` for a stream
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results in the order of the elements, to be closed by the caller unless read to the end
    public <A, R> Results<R> imap(
            TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements) {
        return imap(function, elements, TaskOptions.USUAL, USUAL_WINDOW);
    }

    /// Applies a function to each element of an input that is read as the results are.
    ///
    /// @param function what to do
    /// @param elements its arguments, perhaps without end
    /// @param options how to treat them; the usual chunk is one element
    /// @param window how many elements are on their way at most, 1 or more; at least two chunks
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results in the order of the elements, to be closed by the caller unless read to the end
    /// @throws IllegalArgumentException if the window is out of its range
    public <A, R> Results<R> imap(TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements,
            TaskOptions options, int window) {
        return results(function, elements, options, window, true);
    }

    /// Applies a function to each element of an input that is read as the results are: at most 1,024 are on their way.
    ///
    /// @param function what to do
    /// @param elements its arguments, perhaps without end
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results as they become ready, to be closed by the caller unless read to the end
    public <A, R> Results<R> imapUnordered(
            TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements) {
        return imapUnordered(function, elements, TaskOptions.USUAL, USUAL_WINDOW);
    }

    /// Applies a function to each element of an input that is read as the results are.
    ///
    /// @param function what to do
    /// @param elements its arguments, perhaps without end
    /// @param options how to treat them; the usual chunk is one element
    /// @param window how many elements are on their way at most, 1 or more; at least two chunks
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results as they become ready, to be closed by the caller unless read to the end
    /// @throws IllegalArgumentException if the window is out of its range
    public <A, R> Results<R> imapUnordered(TaskFunction<? super A, ? extends R> function,
            Iterable<? extends A> elements, TaskOptions options, int window) {
        return results(function, elements, options, window, false);
    }

    private <A, R> Results<R> results(TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements,
            TaskOptions options, int window, boolean ordered) {
        if (window < 1 || window > 1 << 20) {
            throw new IllegalArgumentException("pool: a window of %,d elements is not between 1 and %,d".formatted(
                    window, 1 << 20));
        }
        checkWorking();
        String called = nameOf(Objects.requireNonNull(function, "function"), options);
        Iterator<?> source = elements.iterator();
        KeptObjects captured = new KeptObjects();
        byte[] encoded = encode(function, captured);
        boolean made = false;
        try {
            Results<R> results = new Results<>(
                    scheduler, resultReader, source, Math.max(1, options.chunkSize()), window, ordered,
                    receiver -> new StreamJob(options, called, encoded, Cost.of(function.getClass()), captured, values,
                            keptByStreams, receiver));
            if (!captured.isEmpty()) {
                keptByStreams.add(captured);     // before the look: if the pool is not over yet, its end comes to this
            }
            made = !scheduler.isOver();
            return results;
        } finally {
            if (!made) {
                Job.letGo(captured);
                keptByStreams.remove(captured);
            }
        }
    }

    // What ExecutorService has.

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return invokeAll(tasks, Waiter.FOREVER);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        return invokeAll(tasks, Waiter.deadline(unit.toNanos(timeout)));
    }

    private <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long deadline)
            throws InterruptedException {
        List<PoolFuture<T>> futures = new ArrayList<>(tasks.size());
        boolean allDone = false;
        try {
            boolean inTime = true;
            for (Callable<T> task : tasks) {
                inTime = inTime && invoke(task, futures, deadline);
                if (!inTime) {
                    futures.add(new PoolFuture<>(scheduler, resultReader));      // is cancelled below
                }
            }
            for (PoolFuture<T> future : futures) {
                inTime = inTime && resultReader.await(future, deadline);
            }
            allDone = inTime;
            return List.copyOf(futures);
        } finally {
            if (!allDone) {
                futures.forEach(future -> future.cancel(true));
            }
        }
    }

    /// @return false if there was no room for it in time
    private <T> boolean invoke(Callable<T> task, List<PoolFuture<T>> futures, long deadline)
            throws InterruptedException {
        try {
            futures.add(call(task, null, TaskOptions.USUAL, true, deadline));
            return true;
        } catch (TimeoutException noRoom) {
            return false;
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Waiter.FOREVER);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return invokeAny(tasks, Waiter.deadline(unit.toNanos(timeout)));
    }

    private <T> T invokeAny(Collection<? extends Callable<T>> tasks, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("pool '%s': invokeAny of no tasks".formatted(name));
        }
        var ended = new LinkedBlockingQueue<PoolFuture<T>>();
        List<PoolFuture<T>> futures = new ArrayList<>(tasks.size());
        try {
            for (Callable<T> task : tasks) {
                PoolFuture<T> future = call(task, null, TaskOptions.USUAL, true, deadline);
                futures.add(future);
                var _ = future.whenComplete((value, failure) -> ended.add(future));
            }
            for (int left = futures.size();; left--) {
                PoolFuture<T> next = deadline == Waiter.FOREVER
                        ? ended.take()
                        : ended.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new TimeoutException("pool '%s': none of %,d tasks was done in time".formatted(
                            name, tasks.size()));
                }
                if (!next.isCompletedExceptionally() || left == 1) {
                    return next.get();
                }
            }
        } catch (CancellationException ofThePool) {
            throw new ExecutionException("pool '%s' ended before one of %,d tasks was done".formatted(
                    name, tasks.size()), ofThePool);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    // Ends.

    /// Takes no more tasks; those that it has are done, and then the workers end. Does not wait.
    @Override
    public void shutdown() {
        scheduler.shutdown();
        resultReader.wake();
    }

    /// Takes no more tasks, interrupts those that run, and cancels the others.
    ///
    /// @return what was never begun: the very objects that were given to `execute` and `submit(Runnable)`, and the
    ///     (cancelled) futures of other tasks
    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> never = scheduler.shutdownNow().join();
        resultReader.wake();
        return never;
    }

    /// Kills the workers; all futures that are not done are cancelled. Does not wait.
    public void terminate() {
        scheduler.terminate();
        resultReader.wake();
    }

    /// Begins what is to be done when this JVM shuts down.
    ///
    /// @return how long it may take, in nanoseconds
    long endWithJvm() {
        if (onShutdown.nanos() == 0) {
            terminate();
        } else {
            shutdown();
        }
        return onShutdown.nanos();
    }

    /// Waits for what depends on the futures of the last tasks; called after the pool has ended.
    ///
    /// @return whether it was done in time
    boolean awaitDependents(long nanos) throws InterruptedException {
        return resultReader.awaitDependents(nanos);
    }

    @Override
    public boolean isShutdown() {
        return scheduler.state() != Scheduler.State.RUNNING;
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    /// Shuts down, and waits until all tasks are done and the workers have ended, as that of the JDK's executors does.
    /// If the thread is interrupted meanwhile, it goes on as [#shutdownNow()] does. Python's `with` would
    /// [#terminate()].
    @Override
    public void close() {
        ExecutorService.super.close();
    }

    /// Name, workers and state, for people.
    @Override
    public String toString() {
        String state = scheduler.broken() != null ? "broken"
                : isTerminated() ? "terminated" : isShutdown() ? "shut down" : "running";
        return "ProcessPool[%s, %d workers, %,d calls waiting, %s]".formatted(name, size, admission.used(), state);
    }
}
