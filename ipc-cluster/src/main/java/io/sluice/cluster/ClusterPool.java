package io.sluice.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.spi.properties.ClusterProperty;
import io.sluice.core.codec.CodecException;
import io.sluice.core.park.Waiter;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.Progress;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.log.Log;
import io.sluice.pool.submission.BulkCalls;
import io.sluice.pool.submission.Callbacks;
import io.sluice.pool.submission.ProgressReports;
import io.sluice.pool.submission.TaskContext;
import io.sluice.pool.submission.TaskFailures;
import io.sluice.pool.submission.TaskNames;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskBiFunction;
import io.sluice.pool.task.TaskFunction;
import io.sluice.pool.task.TaskTriFunction;
import io.sluice.pool.task.Triple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A [ProcessPool][io.sluice.pool.ProcessPool] whose workers are on several hosts: each member of a Hazelcast cluster
/// runs a local pool, and each submits to all of them. A call site changes in one line:
///
/// ```java
/// try (var pool = ClusterPool.join("risk", "hostA", "hostB")) {          // was: ProcessPool.create()
///     List<Integer> squares = pool.map(x -> x * x, List.of(1, 2, 3));
/// }
/// ```
///
/// Tasks, arguments and results are what a `ProcessPool` takes, and travel as bytes of the same codecs. A member hands
/// them to its workers undecoded. A handle of shared memory does not travel; a task opens an object of its own host by
/// name.
///
/// - **Threads:** any.
/// - **Blocking:** submitting waits while 65,536 single calls are unfinished; [#apply], [#map], `get` and `join` wait
///   for results. While no member has workers, calls wait until one joins.
/// - **Order:** calls are given out in the order of their submission, and run in any. What a thread did before it
///   submitted a task happens-before the task, and that before the end of `get`.
/// - **Death of a worker:** fails the call that it ran with a
///   [WorkerDiedException][io.sluice.pool.WorkerDiedException], or begins it again, on any member, as often as
///   [TaskOptions#withRetries] allows.
/// - **Death of a member:** the same for all calls that it had, at most two for each worker, with a
///   [MemberDiedException]: a call that a member had counts as begun. Hazelcast notices a killed process at once, and a
///   host that is silent after a minute (`hazelcast.max.no.heartbeat.seconds`). A member that was cut off and lives may
///   still run a task that was begun again elsewhere; it is given calls again once it answers.
/// - **A member that cannot have workers,** as one whose initializer fails, logs an error and takes no calls from then
///   on. Those that it had fail with a [BrokenPoolException][io.sluice.pool.BrokenPoolException], or are begun again.
/// - **Death of the submitter:** its calls are cancelled in the other members.
/// - **End of the JVM:** Hazelcast's threads keep the JVM alive until the pool is closed. At `System.exit` and SIGTERM
///   the instance ends without waiting: for other members this one has died.
/// - **Exceptions** of tasks arrive as in a `ProcessPool`.
/// - **Options:** a pool serves its calls first come, first served, so [TaskOptions#withPriority] has no effect, as in
///   any pool with that policy. Chunks of a map have one size, a quarter of a fair share unless the options say more.
///   The context of a task, from [TaskOptions#withContext] or [ClusterOptions#withTaskContext], travels with it.
/// - **Not here** of a `ProcessPool` are its looks at processes and its ways to end them (`workers`,
///   `terminateWorkers`, `killWorkers`); see [#members], and [#terminate] for the workers of this member.
/// - **Callbacks** and dependent stages run in virtual threads; they may block.
/// - **Security:** whatever can reach the port of a member can use it, so keep it in a private network. Tasks decode in
///   the workers only, to classes of their class path and to values of the JDK; see [ClusterOptions#withAllowed].
/// - **Modules:** a program with this pool runs on the class path.
public final class ClusterPool implements ExecutorService {
    private static final int DEFAULT_WINDOW = 1024;
    private static final int MAX_CHUNK = 1024;
    private static final int CHUNKS_PER_WORKER = 4;
    /// Threads of a member that wait for a worker; those that are idle end. The same in all members, as Hazelcast asks.
    private static final int MAX_THREADS = 512;
    /// What travels between members changes with the release.
    static final String RELEASE = Objects.requireNonNullElse(
            ClusterPool.class.getPackage().getImplementationVersion(), "without a number");

    private final ClusterOptions options;
    private final HazelcastInstance instance;
    private final Wire wire;
    private final Dispatcher dispatcher;
    /// Null in a member without workers.
    private final Host host;
    private final Membership membership;
    private final BulkCalls bulkCalls;

    private ClusterPool(HazelcastInstance instance, ClusterOptions options, boolean ownsInstance, String release) {
        this.options = options;
        this.instance = instance;
        Member local = instance.getCluster().getLocalMember();
        this.wire = new Wire(options.allowed(), ClusterOptions.ALLOW);
        this.dispatcher = new Dispatcher(options.name(), instance, executor("calls"), wire,
                call -> Thread.ofVirtual().name("sluice-call").start(call), this::greetAgain);
        this.bulkCalls = new BulkCalls(title(), this::call);
        IExecutorService control = executor("control");
        // Last, as it starts processes. Its submissions never wait, and never run here: members limit their calls.
        this.host = options.workers() == null ? null
                : new Host(options.name(), options.workers().backlog(Integer.MAX_VALUE, WhenFull.BLOCK).build(),
                        Dispatcher.addressOf(local), options.allowed());
        this.membership = new Membership(
                options.name(), instance, ownsInstance, release, control, dispatcher, host);
    }

    private void greetAgain(Member member) {
        membership.greetAgain(member);
    }

    private IExecutorService executor(String what) {
        String name = "sluice." + options.name() + "." + what;
        instance.getConfig().addExecutorConfig(new ExecutorConfig(name).setPoolSize(MAX_THREADS));
        return instance.getExecutorService(name);
    }

    // Joining.

    /// Joins a pool, with a worker for each core: makes a member of the cluster of that name, which [#close()] ends.
    ///
    /// @param name of the pool and of the cluster
    /// @param members addresses of some members, such as `hostA` or `hostA:5701`; without any, Hazelcast looks for
    ///     members itself: by multicast, or as the cloud or Kubernetes it runs in does
    /// @return the pool, to be closed by the caller
    /// @throws IllegalStateException if a member refuses this one, as one of another release does
    public static ClusterPool join(String name, String... members) {
        return join(config(name, members), ClusterOptions.of(name));
    }

    /// Joins a pool: makes a member with this configuration, which [#close()] ends. Hazelcast's telemetry is turned off
    /// in the configuration, unless it says otherwise itself.
    ///
    /// @param config as [#config] makes it, or as Hazelcast reads it from a file: `Config.load()`
    /// @param options how this member takes part
    /// @return the pool, to be closed by the caller
    /// @throws IllegalStateException if a member refuses this one, as one of another release does
    public static ClusterPool join(Config config, ClusterOptions options) {
        withoutTelemetry(config);
        HazelcastInstance instance = Hazelcast.newHazelcastInstance(config);
        return join(instance, options, true, RELEASE);
    }

    /// Joins a pool with a running member, which stays the caller's, to be ended after the pool. Its telemetry is as
    /// its configuration says, by default on.
    ///
    /// @param instance a member, not a client
    /// @param options how this member takes part
    /// @return the pool, to be closed by the caller
    /// @throws IllegalStateException if a member refuses this one, as one of another release does; or if this one is in
    ///     the pool already
    public static ClusterPool join(HazelcastInstance instance, ClusterOptions options) {
        return join(instance, options, false, RELEASE);
    }

    static ClusterPool join(HazelcastInstance instance, ClusterOptions options, boolean ownsInstance, String release) {
        ClusterPool pool = null;
        boolean joined = false;
        try {
            pool = new ClusterPool(instance, options, ownsInstance, release);
            pool.membership.join();
            joined = true;
            return pool;
        } finally {
            if (!joined) {
                if (pool != null && pool.host != null) {
                    pool.host.terminate();
                    pool.host.close();
                }
                if (ownsInstance) {
                    instance.shutdown();
                }
            }
        }
    }

    /// The configuration of a member: telemetry off, and no class decodes by Java serialization but those of the JDK
    /// and of Hazelcast. Change it as Hazelcast's documentation says: ports, interfaces, discovery, TLS.
    ///
    /// @param cluster name of the cluster
    /// @param members addresses of some members; without any, Hazelcast looks for members itself
    /// @return a new configuration
    public static Config config(String cluster, String... members) {
        Config config = new Config().setClusterName(cluster);
        withoutTelemetry(config);
        config.getSerializationConfig().setJavaSerializationFilterConfig(new JavaSerializationFilterConfig()
                .setWhitelist(new ClassFilter().addPrefixes("java.", "com.hazelcast.", "[")));
        if (members.length > 0) {
            JoinConfig join = config.getNetworkConfig().getJoin();
            join.getAutoDetectionConfig().setEnabled(false);
            join.getMulticastConfig().setEnabled(false);
            join.getTcpIpConfig().setEnabled(true).setMembers(List.of(members));
        }
        return config;
    }

    static void withoutTelemetry(Config config) {
        String name = ClusterProperty.PHONE_HOME_ENABLED.getName();
        if (config.getProperty(name) == null) {
            config.setProperty(name, "false");
        }
    }

    /// The name of the pool.
    ///
    /// @return the name
    public String name() {
        return options.name();
    }

    /// Kind and name, for messages.
    private String title() {
        return "cluster pool '%s'".formatted(name());
    }

    /// The number of workers in all members that are known now.
    ///
    /// @return the number, perhaps 0
    public int size() {
        return dispatcher.workers().values().stream().mapToInt(Integer::intValue).sum();
    }

    /// The members that have workers, as they are known now.
    ///
    /// @return the number of workers for each address
    public Map<String, Integer> members() {
        Map<String, Integer> all = new TreeMap<>();
        dispatcher.workers().forEach((member, workers) -> all.put(Dispatcher.addressOf(member), workers));
        return all;
    }

    // Single tasks.

    /// Runs a task in a worker of any member.
    ///
    /// @param task the task to run
    /// @param <T> type of the result
    /// @return a future of its result
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException if the pool was shut down, or the instance of this member has ended
    public <T> CompletableFuture<T> submit(Task<T> task) {
        return call(task, null, TaskOptions.defaults());
    }

    /// Runs a task in a worker of any member.
    ///
    /// @param task the task to run
    /// @param how to treat it; null for [TaskOptions#defaults]
    /// @param <T> type of the result
    /// @return a future of its result
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public <T> CompletableFuture<T> submit(Task<T> task, TaskOptions how) {
        return call(task, null, how);
    }

    /// Runs an action in a worker of any member.
    ///
    /// @param action the action to run
    /// @return a future that becomes null
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public CompletableFuture<?> submit(Action action) {
        return call(action, null, TaskOptions.defaults());
    }

    /// Runs an action in a worker of any member.
    ///
    /// @param action the action to run
    /// @param how to treat it; null for [TaskOptions#defaults]
    /// @return a future that becomes null
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public CompletableFuture<Void> submit(Action action, TaskOptions how) {
        return call(action, null, how);
    }

    /// Runs an action in a worker of any member.
    ///
    /// @param action the action to run
    /// @param result stays in this process, and need not travel
    /// @param <T> type of the result
    /// @return a future that becomes the result once the action is done
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public <T> CompletableFuture<T> submit(Action action, T result) {
        return call(action, result, TaskOptions.defaults());
    }

    @Override
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        return call(task, null, TaskOptions.defaults());
    }

    @Override
    public CompletableFuture<?> submit(Runnable task) {
        return call(task, null, TaskOptions.defaults());
    }

    @Override
    public <T> CompletableFuture<T> submit(Runnable task, T result) {
        return call(task, result, TaskOptions.defaults());
    }

    /// Runs an action in a worker of any member; what it throws is logged.
    ///
    /// @param action the action to run
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public void execute(Action action) {
        execute((Runnable) action);
    }

    @Override
    public void execute(Runnable action) {
        var _ = call(action, null, TaskOptions.defaults()).exceptionally(failure -> {
            Log.warning(title() + ": a task of execute() failed", TaskFailures.thrown(failure));
            return null;
        });
    }

    private <T> ClusterFuture<T> call(Object task, T result, TaskOptions how) {
        ClusterFuture<T> future = new ClusterFuture<>(dispatcher);
        submit(future, task, result, how == null ? TaskOptions.defaults() : how);
        return future;
    }

    /// Submits a task of a bulk call.
    ///
    /// @param deadline of the wait for room in the backlog, as [Waiter#deadline] gives it
    private <T> ClusterFuture<T> call(Callable<T> task, long deadline) throws InterruptedException, TimeoutException {
        ClusterFuture<T> future = new ClusterFuture<>(dispatcher);
        submit(future, task, null, TaskOptions.defaults(), deadline);
        return future;
    }

    /// Submits a task for a future that may have stages already; waits for room without limit.
    private <T> void submit(ClusterFuture<T> future, Object task, T result, TaskOptions how) {
        try {
            submit(future, task, result, how, Waiter.FOREVER);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException(
                    title() + ": interrupted while waiting for room in its backlog", interrupted);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The options of a task with the context of this pool, unless they have one.
    private TaskOptions withContext(TaskOptions how) {
        String context = TaskContext.of(how.context(), options.taskContext());
        return context == null ? how : how.withContext(context);
    }

    @SuppressWarnings("unchecked") // a task of T returns a T
    private <T> void submit(ClusterFuture<T> future, Object task, T result, TaskOptions how, long deadline)
            throws InterruptedException, TimeoutException {
        Objects.requireNonNull(task, "task");
        dispatcher.checkRunning();
        boolean returns = task instanceof Callable<?>;
        Call call = new Call(future, TaskNames.of(how.name(), task), wire.value(task), null, false,
                withContext(how), task instanceof Runnable runnable ? runnable : future,
                (bytes, member) -> future.complete(returns ? (T) wire.readValue(bytes) : result));
        dispatcher.submit(future, call, deadline);
    }

    /// Runs a task in a worker of any member, and waits for it.
    ///
    /// @param task the task to run
    /// @param <T> type of the result
    /// @return the result
    /// @throws ExecutionException if it failed; its cause is what the task threw
    /// @throws InterruptedException if interrupted while waiting; the task is cancelled
    public <T> T apply(Task<T> task) throws ExecutionException, InterruptedException {
        try {
            return getOrCancel(call(task, Waiter.FOREVER));
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <T> T getOrCancel(CompletableFuture<T> future) throws ExecutionException, InterruptedException {
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            var _ = future.cancel(true);
            throw interrupted;
        }
    }

    /// Applies a function to an argument in a worker of any member, and waits for it.
    ///
    /// @param function the function to apply
    /// @param argument travels with it
    /// @param <A> type of the argument
    /// @param <R> type of the result
    /// @return the result
    /// @throws ExecutionException if it failed; its cause is what the function threw
    /// @throws InterruptedException if interrupted while waiting; the task is cancelled
    public <A, R> R apply(TaskFunction<A, R> function, A argument) throws ExecutionException, InterruptedException {
        return apply(() -> function.apply(argument));
    }

    /// Applies a function to two arguments in a worker of any member, and waits for it.
    ///
    /// @param function the function to apply
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

    /// Applies a function to an argument in a worker of any member.
    ///
    /// @param function the function to apply
    /// @param argument travels with it
    /// @param <A> type of the argument
    /// @param <R> type of the result
    /// @return a future of the result
    public <A, R> CompletableFuture<R> applyAsync(TaskFunction<A, R> function, A argument) {
        return submit((Task<R>) () -> function.apply(argument));
    }

    /// Runs a task in a worker of any member, and calls one of two callbacks.
    ///
    /// @param task the task to run
    /// @param callback gets the result, in a virtual thread; what it throws is logged, with no other effect
    /// @param errorCallback gets what the task threw, likewise; or its cancellation, in the thread that cancels it
    /// @param <T> type of the result
    /// @return a future of the result
    public <T> CompletableFuture<T> applyAsync(
            Task<T> task, Consumer<? super T> callback, Consumer<? super Throwable> errorCallback) {
        ClusterFuture<T> future = withCallbacks(callback, errorCallback);
        submit(future, task, null, TaskOptions.defaults());
        return future;
    }

    /// A future for a submission. It has the callbacks before it can be done: they run in no thread that submits.
    private <T> ClusterFuture<T> withCallbacks(
            Consumer<? super T> callback, Consumer<? super Throwable> errorCallback) {
        Callbacks<T> callbacks = new Callbacks<>(title(), callback, errorCallback);
        ClusterFuture<T> future = new ClusterFuture<>(dispatcher);
        callbacks.addTo(future);
        return future;
    }

    // Many tasks of one function.

    /// Applies a function to each element, in the workers of all members, and waits for all.
    ///
    /// @param function the function to apply
    /// @param elements its arguments
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results in the order of the elements, unmodifiable
    /// @throws ExecutionException if one failed: the first failure that arrives; elements that are not begun stay so
    /// @throws InterruptedException if interrupted while waiting; the map is cancelled
    public <A, R> List<R> map(TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements)
            throws ExecutionException, InterruptedException {
        return map(function, elements, TaskOptions.defaults());
    }

    /// Applies a function to each element, in chunks of a given size, and waits for all.
    ///
    /// @param function the function to apply
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
        return map(function, elements, TaskOptions.defaults().withChunkSize(chunkSize));
    }

    /// Applies a function to each element, and waits for all.
    ///
    /// @param function the function to apply
    /// @param elements its arguments
    /// @param how to treat them
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return as for [#map(TaskFunction, Collection)]
    /// @throws ExecutionException as for [#map(TaskFunction, Collection)]
    /// @throws InterruptedException as for [#map(TaskFunction, Collection)]
    public <A, R> List<R> map(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions how)
            throws ExecutionException, InterruptedException {
        return getOrCancel(mapAsync(function, elements, how));
    }

    /// Applies a function to each element, without waiting.
    ///
    /// @param function the function to apply
    /// @param elements its arguments; they are copied before this returns
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return a future of the results in the order of the elements
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements) {
        return mapAsync(function, elements, TaskOptions.defaults());
    }

    /// Applies a function to each element, without waiting.
    ///
    /// @param function the function to apply
    /// @param elements its arguments; they are copied before this returns
    /// @param how to treat them
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return a future of the results in the order of the elements
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions how) {
        ClusterFuture<List<R>> future = new ClusterFuture<>(dispatcher);
        submitMap(future, function, elements, how);
        return future;
    }

    /// Applies a function to each element, and calls back once, with the whole list.
    ///
    /// @param function the function to apply
    /// @param elements its arguments; they are copied before this returns
    /// @param callback gets the results, in a virtual thread; what it throws is logged, with no other effect
    /// @param errorCallback gets the first failure, likewise; or the cancellation, in the thread that cancels the map
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return a future of the results in the order of the elements
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements,
            Consumer<? super List<R>> callback, Consumer<? super Throwable> errorCallback) {
        ClusterFuture<List<R>> future = withCallbacks(callback, errorCallback);
        submitMap(future, function, elements, TaskOptions.defaults());
        return future;
    }

    private <A, R> void submitMap(ClusterFuture<List<R>> future, TaskFunction<? super A, ? extends R> function,
            Collection<? extends A> elements, TaskOptions how) {
        String name = TaskNames.of(how.name(), Objects.requireNonNull(function, "function"));
        dispatcher.checkRunning();
        List<A> all = new ArrayList<>(elements);
        if (all.isEmpty()) {
            Thread.ofVirtual().name("sluice-call").start(() -> future.complete(List.of()));
            return;
        }
        Progress.Listener listener = how.progress();
        MapResults<R> results = new MapResults<>(future, all.size(), wire,
                new ProgressReports(title(), name, all.size(), listener == null ? null
                        : (done, elapsed) -> listener.progressed(new Progress(name, done, all.size(), elapsed))));
        int chunk = how.chunkSize() > 0 ? how.chunkSize() : suitableChunk(all.size());
        TaskOptions complete = withContext(how);
        byte[] encoded = wire.value(function);
        List<Call> calls = new ArrayList<>();
        for (int from = 0; from < all.size(); from += chunk) {
            int first = from;
            List<A> part = all.subList(first, Math.min(first + chunk, all.size()));
            calls.add(new Call(future, name, encoded, wire.elements(part), false, complete, future,
                    (bytes, member) -> results.arrived(first, part.size(), bytes, member)));
        }
        dispatcher.submit(future, calls);
    }

    private int suitableChunk(int elements) {
        return Math.clamp(elements / (CHUNKS_PER_WORKER * Math.max(1, size())), 1, MAX_CHUNK);
    }

    /// Applies a function of two arguments to each pair, and waits for all.
    ///
    /// @param function the function to apply
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

    /// Applies a function of three arguments to each triple, and waits for all.
    ///
    /// @param function the function to apply
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
        return map((Triple<A, B, C> triple) -> function.apply(triple.first(), triple.second(), triple.third()),
                arguments);
    }

    /// Applies a function of two arguments to each pair, without waiting.
    ///
    /// @param function the function to apply
    /// @param arguments its arguments; they are copied before this returns
    /// @param <A> type of the first arguments
    /// @param <B> type of the second arguments
    /// @param <R> type of the results
    /// @return a future of the results in the order of the pairs
    public <A, B, R> CompletableFuture<List<R>> starmapAsync(
            TaskBiFunction<A, B, R> function, Collection<Pair<A, B>> arguments) {
        return mapAsync((Pair<A, B> pair) -> function.apply(pair.first(), pair.second()), arguments);
    }

    /// Applies a function to each element of an input that is read as the results are: at most 1,024 are in flight.
    ///
    /// @param function the function to apply
    /// @param elements its arguments, possibly infinite; `stream::iterator` for a stream
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results in the order of the elements, to be closed by the caller unless read to the end
    public <A, R> ClusterResults<R> imap(
            TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements) {
        return imap(function, elements, TaskOptions.defaults(), DEFAULT_WINDOW);
    }

    /// Applies a function to each element of an input that is read as the results are.
    ///
    /// @param function the function to apply
    /// @param elements its arguments, possibly infinite
    /// @param how to treat them; the default chunk is one element
    /// @param window largest number of elements in flight, 1 or more; at least two chunks are
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results in the order of the elements, to be closed by the caller unless read to the end
    /// @throws IllegalArgumentException if the window is out of its range
    public <A, R> ClusterResults<R> imap(TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements,
            TaskOptions how, int window) {
        return stream(function, elements, how, window, true);
    }

    /// Applies a function to each element of an input that is read as the results are: at most 1,024 are in flight.
    ///
    /// @param function the function to apply
    /// @param elements its arguments, possibly infinite
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results as they become ready, to be closed by the caller unless read to the end
    public <A, R> ClusterResults<R> imapUnordered(
            TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements) {
        return imapUnordered(function, elements, TaskOptions.defaults(), DEFAULT_WINDOW);
    }

    /// Applies a function to each element of an input that is read as the results are.
    ///
    /// @param function the function to apply
    /// @param elements its arguments, possibly infinite
    /// @param how to treat them; the default chunk is one element
    /// @param window largest number of elements in flight, 1 or more; at least two chunks are
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results as they become ready, to be closed by the caller unless read to the end
    /// @throws IllegalArgumentException if the window is out of its range
    public <A, R> ClusterResults<R> imapUnordered(TaskFunction<? super A, ? extends R> function,
            Iterable<? extends A> elements, TaskOptions how, int window) {
        return stream(function, elements, how, window, false);
    }

    private <A, R> ClusterResults<R> stream(TaskFunction<? super A, ? extends R> function,
            Iterable<? extends A> elements, TaskOptions how, int window, boolean ordered) {
        if (window < 1 || window > 1 << 20) {
            throw new IllegalArgumentException("%s: a window of %,d elements is not between 1 and %,d".formatted(
                    title(), window, 1 << 20));
        }
        dispatcher.checkRunning();
        String name = TaskNames.of(how.name(), Objects.requireNonNull(function, "function"));
        TaskOptions complete = withContext(how);
        byte[] encoded = wire.value(function);
        return new ClusterResults<>(name, elements.iterator(), Math.max(1, how.chunkSize()), window, ordered, part -> {
            ClusterFuture<Object[]> future = new ClusterFuture<>(dispatcher);
            Call call = new Call(future, name, encoded, wire.elements(part), true, complete, future,
                    (bytes, member) -> future.complete(wire.readResults(bytes, part.size(), member)));
            dispatcher.submit(future, List.of(call));
            return future;
        });
    }

    // Many tasks at once, as ExecutorService has it.

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return bulkCalls.invokeAll(tasks);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        return bulkCalls.invokeAll(tasks, timeout, unit);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        return bulkCalls.invokeAny(tasks);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return bulkCalls.invokeAny(tasks, timeout, unit);
    }

    // The end.

    /// Refuses new tasks of this member; its submitted tasks are done, here and there. Then its workers take no tasks
    /// any more, answer those that they have of other members, and end. Does not wait.
    @Override
    public void shutdown() {
        dispatcher.shutdown();
    }

    /// Refuses new tasks of this member, and cancels the others: running ones are interrupted. Tasks of other members
    /// that run here go on; then this is as [#shutdown()].
    ///
    /// @return the tasks that no member was given: the objects given to `execute` and `submit(Runnable)` themselves,
    ///     and the (cancelled) futures of other tasks
    @Override
    public List<Runnable> shutdownNow() {
        return dispatcher.shutdownNow();
    }

    /// Kills the workers of this member, and cancels its own tasks. For the others, it has died. Does not wait.
    public void terminate() {
        var _ = dispatcher.shutdownNow();
        if (host != null) {
            host.terminate();
        }
    }

    @Override
    public boolean isShutdown() {
        return dispatcher.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return membership.isOver();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return membership.awaitEnd(timeout, unit);
    }

    /// Shuts down, and waits until the tasks of this member are done, its workers have answered all others, and it has
    /// left the pool; also the cluster, if the pool has made the member. If the thread is interrupted meanwhile, it
    /// goes on as by [#shutdownNow()].
    @Override
    public void close() {
        ExecutorService.super.close();
    }

    /// Name and state, for people.
    @Override
    public String toString() {
        return "ClusterPool[%s, %s]".formatted(name(), isTerminated() ? "terminated" : dispatcher);
    }
}
