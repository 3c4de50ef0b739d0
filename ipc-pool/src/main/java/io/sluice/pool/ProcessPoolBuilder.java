package io.sluice.pool;

import io.sluice.core.codec.CodecException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.process.StartMethod;
import io.sluice.pool.task.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/// The settings of a new [ProcessPool]; [ProcessPool#builder()] makes one.
///
/// - **Threads:** one.
public final class ProcessPoolBuilder {
    private static final int DEFAULT_BACKLOG = 65_536;

    int workers = Cpus.count();
    /// Null for a numbered one.
    String name;
    Action initializer = () -> {};
    /// 0 for no limit.
    int maxTasksPerWorker;
    /// Null for that of the context.
    String classPath;
    final List<String> allowed = new ArrayList<>();
    Policy policy = Policy.FIRST_COME;
    int backlog = DEFAULT_BACKLOG;
    WhenFull whenFull = WhenFull.BLOCK;
    WaitStrategy strategy = WaitStrategy.ADAPTIVE;
    boolean pinned;
    Duration grace = Duration.ofSeconds(2);
    OnShutdown onShutdown = OnShutdown.USUAL;
    /// Null for no context.
    Supplier<String> taskContext;
    private final List<String> jvmOptions = new ArrayList<>();
    private boolean inherits;
    private ProcessContext context;

    ProcessPoolBuilder() {}

    /// Sets the number of worker processes. The default is one for each core.
    ///
    /// @param count 1 to 200
    /// @return this
    /// @throws IllegalArgumentException if the number is out of its range
    public ProcessPoolBuilder workers(int count) {
        if (count < 1 || count > 200) {
            throw new IllegalArgumentException("pool: %,d workers is not between 1 and 200".formatted(count));
        }
        workers = count;
        return this;
    }

    /// Names the pool, for people: the names of its workers, threads and space begin with it.
    ///
    /// @param poolName letters, digits, dashes and underscores, 1 to 24, the first a letter
    /// @return this
    /// @throws IllegalArgumentException if it is no such name
    public ProcessPoolBuilder name(String poolName) {
        if (!poolName.matches("[A-Za-z][A-Za-z0-9_-]{0,23}")) {
            throw new IllegalArgumentException(("pool: the name '%s' is not 1 to 24 letters, digits, dashes and"
                    + " underscores, the first a letter").formatted(poolName));
        }
        name = poolName;
        return this;
    }

    /// Runs an action in each worker before its first task. If it throws, the pool is broken, with the failure as the
    /// cause.
    ///
    /// @param action the action to run
    /// @return this
    public ProcessPoolBuilder initializer(Action action) {
        initializer = Objects.requireNonNull(action, "initializer");
        return this;
    }

    /// Replaces a worker by a new process after this many tasks; a chunk of a map counts as one.
    ///
    /// @param count 1 or more
    /// @return this
    /// @throws IllegalArgumentException if the number is out of its range
    public ProcessPoolBuilder maxTasksPerWorker(int count) {
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
    public ProcessPoolBuilder inheritJvmOptions() {
        inherits = true;
        return this;
    }

    /// Adds options of the workers' JVMs, such as `-Xmx512m`. A worker has no options of this JVM, such as `-Xmx`,
    /// `-D` and `--add-opens`, except by [#inheritJvmOptions()]. Without an option for its heap, the heap may take a
    /// quarter of the memory, as in any JVM; in a container with a memory limit, the heaps of all workers of the pool
    /// together take at most half of the limit.
    ///
    /// @param options they win over the pool's own: serial collector, exit on `OutOfMemoryError`
    /// @return this
    public ProcessPoolBuilder jvmOptions(String... options) {
        jvmOptions.addAll(List.of(options));
        return this;
    }

    /// Gives the workers another class path than that of this process or of the context. It must contain Sluice, its
    /// dependencies, and the classes of the tasks.
    ///
    /// @param path files and folders, separated by colons
    /// @return this
    public ProcessPoolBuilder classPath(String path) {
        classPath = Objects.requireNonNull(path, "classPath");
        return this;
    }

    /// Allows further classes of the JDK in tasks and results. Classes of the class path are allowed, and the values
    /// of the JDK: numbers, strings, collections, times, exceptions.
    ///
    /// @param patterns classes `java.util.PriorityQueue`, or packages `javax.swing.*`
    /// @return this
    public ProcessPoolBuilder allow(String... patterns) {
        allowed.addAll(List.of(patterns));
        return this;
    }

    /// Sets which job a free worker serves next.
    ///
    /// @param order the default is [Policy#FIRST_COME]
    /// @return this
    public ProcessPoolBuilder policy(Policy order) {
        policy = Objects.requireNonNull(order, "policy");
        return this;
    }

    /// Sets how many calls may wait for a worker, and what happens to the next one.
    ///
    /// @param calls 1 or more; the default is 65,536
    /// @param then the default is [WhenFull#BLOCK]
    /// @return this
    /// @throws IllegalArgumentException if the number is out of its range
    public ProcessPoolBuilder backlog(int calls, WhenFull then) {
        if (calls < 1) {
            throw new IllegalArgumentException("pool: a backlog of %,d calls; expected 1 or more".formatted(calls));
        }
        backlog = calls;
        whenFull = Objects.requireNonNull(then, "then");
        return this;
    }

    /// Sets how workers wait for tasks, and threads of this process for results.
    ///
    /// @param waiting [WaitStrategy#BUSY_SPIN] for workers that have a core each, and calls in microseconds; the
    ///     default is [WaitStrategy#ADAPTIVE]
    /// @return this
    public ProcessPoolBuilder waitStrategy(WaitStrategy waiting) {
        strategy = Objects.requireNonNull(waiting, "strategy");
        return this;
    }

    /// Binds the main thread of each worker to a core, one after the other of those that this process may use.
    ///
    /// @param binds the default is false
    /// @return this
    public ProcessPoolBuilder pinned(boolean binds) {
        pinned = binds;
        return this;
    }

    /// Sets how long a task that was cancelled by interrupt may take to end before its worker is killed.
    ///
    /// @param period the default is two seconds
    /// @return this
    /// @throws IllegalArgumentException if it is negative
    public ProcessPoolBuilder grace(Duration period) {
        if (period.isNegative()) {
            throw new IllegalArgumentException("pool: the grace period %s is negative".formatted(period));
        }
        grace = period;
        return this;
    }

    /// Sets what happens to the pool if it is open when this JVM shuts down.
    ///
    /// @param end the default is [OnShutdown#drain] within five seconds
    /// @return this
    public ProcessPoolBuilder onShutdown(OnShutdown end) {
        onShutdown = Objects.requireNonNull(end, "onShutdown");
        return this;
    }

    /// Gives each task the context of its submission, such as the `traceparent` of the current span, unless its options
    /// have one. The task reads it by [ProcessPool#taskContext()].
    ///
    /// @param current called by each call of the pool, in the caller's thread, once for all elements of a map or
    ///     stream; returns at most 1,024 bytes in UTF-8, or null for no context. What it throws, the call throws
    /// @return this
    public ProcessPoolBuilder taskContext(Supplier<String> current) {
        taskContext = Objects.requireNonNull(current, "taskContext");
        return this;
    }

    /// Sets how the workers are started. The default is [ProcessContext#usual()].
    ///
    /// @param starter stays the caller's, to be closed after the pool
    /// @return this
    public ProcessPoolBuilder context(ProcessContext starter) {
        context = Objects.requireNonNull(starter, "context");
        return this;
    }

    /// Makes the pool; its workers start in the background.
    ///
    /// @return the pool, to be closed by the caller
    /// @throws CodecException if the initializer cannot travel
    /// @throws IllegalArgumentException if a new JVM would not find Sluice on its class path; says what to do
    /// @throws IllegalStateException if options or a class path are given, and the context has a stock of JVMs
    public ProcessPool build() {
        return new ProcessPool(this);
    }

    /// The context that starts the workers.
    ///
    /// @throws IllegalStateException if its JVMs run already, and cannot have the options that are given here
    ProcessContext workerContext() {
        ProcessContext given = context != null ? context : ProcessContext.usual();
        boolean hasOptions = inherits || !jvmOptions.isEmpty() || classPath != null;
        if (given.method() == StartMethod.STANDBY && hasOptions) {
            throw new IllegalStateException(("%s: the JVMs of a stock run already, so a pool can give its workers no"
                    + " JVM options and no class path; give them to the context, or use"
                    + " ProcessContext.spawn()").formatted(given));
        }
        return inherits ? given.inheritJvmOptions() : given;
    }

    /// The options of a worker's JVM behind those that the context inherits; of two for one thing, the last one wins.
    List<String> workerJvmOptions(ProcessContext workerContext) {
        List<String> given = new ArrayList<>(
                workerContext.inheritsJvmOptions() ? ProcessContext.inheritableJvmOptions() : List.of());
        given.addAll(jvmOptions);
        List<String> all = new ArrayList<>(WorkerMain.jvmOptions());
        all.addAll(HeapShare.ofThisContainer().options(workers, given));
        all.addAll(jvmOptions);
        return List.copyOf(all);
    }

    /// Which job a free worker serves next. A job is one call: of `submit`, which is one task, or of `map` and its
    /// variants, which is many.
    public enum Policy {
        /// The job that came first, until all its tasks are given out.
        FIRST_COME,
        /// The job of the highest [TaskOptions#withPriority], among equals the one that came first.
        PRIORITY,
        /// Roughly, the job that has used the least of the workers' time: a job sinks one level when it has used 10 ms,
        /// and one more each time it has used four times as much; jobs of one level take turns. So a short call is
        /// served soon while a map of a million elements runs. Once a second all jobs rise to the top again, so that
        /// none starves.
        ///
        /// The multi-level feedback queue of F. J. Corbató et al., *An Experimental Time-Sharing System*, AFIPS 1962,
        /// with the rules of R. H. and A. C. Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, chapter 8.
        FEEDBACK
    }

    /// What a submission does when the backlog of a pool is full.
    public enum WhenFull {
        /// Waits until there is room.
        BLOCK,
        /// Throws `RejectedExecutionException`.
        REJECT,
        /// Runs the task in the submitting thread, in this process.
        CALLER_RUNS
    }
}
