package io.sluice.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.spi.properties.ClusterProperty;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.Progress;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.log.Log;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskBiFunction;
import io.sluice.pool.task.TaskFunction;
import io.sluice.pool.task.TaskTriFunction;
import io.sluice.pool.task.Triple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

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
///   still run a task that was begun again elsewhere.
/// - **Death of the submitter:** its calls are cancelled in the other members.
/// - **End of the JVM:** Hazelcast's threads keep the JVM alive until the pool is closed. At `System.exit` and SIGTERM
///   the instance ends without waiting: for other members this one has died.
/// - **Exceptions** of tasks arrive as in a `ProcessPool`.
/// - **Options:** a pool serves its calls first come, first served, so [TaskOptions#withPriority] has no effect, as in
///   any pool with that policy. Chunks of a map have one size, a quarter of a fair share unless the options say more.
/// - **Callbacks** and dependent stages run in virtual threads; they may block.
/// - **Security:** whatever can reach the port of a member can use it, so keep it in a private network. Tasks decode in
///   the workers only, to classes of their class path and to values of the JDK; see [ClusterOptions#withAllowed].
/// - **Modules:** a program with this pool runs on the class path.
public final class ClusterPool implements ExecutorService {
    private static final String CONTEXT = "io.sluice.cluster.pool.";
    private static final int DEFAULT_WINDOW = 1024;
    private static final int MAX_CHUNK = 1024;
    private static final int CHUNKS_PER_WORKER = 4;
    /// Threads of a member that wait for a worker; those that are idle end. The same in all members, as Hazelcast asks.
    private static final int MAX_THREADS = 512;
    private static final long REPORT_MILLIS = 100;
    /// What travels between members changes with the release.
    private static final String RELEASE = Objects.requireNonNullElse(
            ClusterPool.class.getPackage().getImplementationVersion(), "without a number");

    private final ClusterOptions options;
    private final HazelcastInstance instance;
    private final boolean ownsInstance;
    private final String release;
    private final UUID self;
    /// Null in a member without workers.
    private final Host host;
    private final Wire wire;
    private final IExecutorService control;
    private final Dispatcher dispatcher;
    private final CountDownLatch terminated = new CountDownLatch(1);

    private ClusterPool(HazelcastInstance instance, ClusterOptions options, boolean ownsInstance, String release) {
        this.options = options;
        this.instance = instance;
        this.ownsInstance = ownsInstance;
        this.release = release;
        Member local = instance.getCluster().getLocalMember();
        this.self = local.getUuid();
        this.wire = new Wire(options.allowed());
        this.control = executor("control");
        this.dispatcher = new Dispatcher(options.name(), instance, executor("calls"), self, wire);
        this.host = options.workers() == null ? null
                : new Host(options.name(), options.workers().build(), Dispatcher.addressOf(local), options.allowed());
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
            pool.join();
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

    private static void withoutTelemetry(Config config) {
        String name = ClusterProperty.PHONE_HOME_ENABLED.getName();
        if (config.getProperty(name) == null) {
            config.setProperty(name, "false");
        }
    }

    /*
     * Each member greets all others when it joins, and each that comes later. It is registered first: of two that join
     * at once, the one that greets last finds the other registered. So each learns of each, without a list in the
     * cluster that a death would leave behind.
     */
    private void join() {
        if (instance.getUserContext().putIfAbsent(CONTEXT + options.name(), this) != null) {
            throw new IllegalStateException(("cluster pool '%s': the instance %s is in it already; use that pool, or"
                    + " close it first").formatted(options.name(), instance.getName()));
        }
        boolean joined = false;
        UUID memberListener = instance.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                Thread.ofVirtual().name("sluice-greeting").start(() -> greetLater(event.getMember()));
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                UUID gone = event.getMember().getUuid();
                dispatcher.left(gone);
                if (host != null) {
                    host.submitterLeft(gone);
                }
            }
        });
        UUID endListener = instance.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.SHUTDOWN && terminated.getCount() > 0) {
                dispatcher.lostInstance();
            }
        });
        try {
            Member local = instance.getCluster().getLocalMember();
            if (host != null) {
                dispatcher.joined(local, host.workers());
            }
            for (Member member : instance.getCluster().getMembers()) {
                if (!member.localMember()) {
                    String refusal = greet(member);
                    if (!refusal.isEmpty()) {
                        throw new IllegalStateException(refusal);
                    }
                }
            }
            joined = true;
        } finally {
            if (!joined) {
                forget(memberListener, endListener);
            }
        }
        Thread.ofVirtual().name("sluice-cluster-end").start(() -> leave(memberListener, endListener));
    }

    /// Greets a member. @return why it refuses this one; empty if it does not
    private String greet(Member member) {
        String answer;
        try {
            answer = control.submitToMember(
                    new Greeting(release, options.name(), self, host == null ? 0 : host.workers()), member).get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "cluster pool '%s': interrupted while joining".formatted(options.name());
        } catch (ExecutionException | RuntimeException gone) {
            Log.debug("cluster pool: no answer from member " + Dispatcher.addressOf(member), gone);
            return "";                       // it has left, or knows nothing of Sluice
        }
        if (answer.startsWith("=")) {
            dispatcher.joined(member, Integer.parseInt(answer.substring(1)));
            return "";
        }
        return answer;
    }

    private void greetLater(Member member) {
        String refusal = greet(member);
        if (!refusal.isEmpty()) {
            Log.warning(refusal, null);
        }
    }

    /// Answers a greeting of another member.
    String greeted(String releaseThere, UUID member, int workers) throws InterruptedException {
        String here = Dispatcher.addressOf(instance.getCluster().getLocalMember());
        if (!releaseThere.equals(release)) {
            return ("cluster pool '%s': member %s runs Sluice %s, and this one %s; start all members with one"
                    + " release").formatted(options.name(), here, release, releaseThere);
        }
        if (workers == Greeting.FAREWELL) {
            dispatcher.awaitAnswers(member);
            return "";
        }
        for (Member known : instance.getCluster().getMembers()) {
            if (known.getUuid().equals(member)) {
                dispatcher.joined(known, workers);
            }
        }
        return "=" + (host == null || dispatcher.isShutdown() ? 0 : host.workers());
    }

    static ClusterPool of(HazelcastInstance instance, String name) {
        return (ClusterPool) instance.getUserContext().get(CONTEXT + name);
    }

    /// The workers of this member; null if it has none.
    Host host() {
        return host;
    }

    private void forget(UUID memberListener, UUID endListener) {
        try {
            instance.getUserContext().remove(CONTEXT + options.name(), this);
            instance.getCluster().removeMembershipListener(memberListener);
            instance.getLifecycleService().removeLifecycleListener(endListener);
        } catch (RuntimeException ended) {
            Log.debug("cluster pool: its instance has ended", ended);
        }
    }

    /// The end of this member in the pool: its own calls are done, then the others wait for none of it, then its
    /// workers end. So an orderly end fails no call.
    private void leave(UUID memberListener, UUID endListener) {
        try {
            dispatcher.awaitEnd();
            if (host != null) {
                farewell();
                host.close();
            }
        } catch (InterruptedException | RuntimeException failure) {
            Log.error("cluster pool: not all could be closed", failure);
        } finally {
            forget(memberListener, endListener);
            try {
                if (ownsInstance) {
                    instance.shutdown();
                }
            } finally {
                terminated.countDown();
            }
        }
    }

    private void farewell() throws InterruptedException {
        if (dispatcher.isLost()) {
            return;
        }
        try {
            Map<Member, Future<String>> answers = new LinkedHashMap<>();
            for (Member member : instance.getCluster().getMembers()) {
                if (!member.localMember()) {
                    answers.put(member, control.submitToMember(
                            new Greeting(release, options.name(), self, Greeting.FAREWELL), member));
                }
            }
            for (Future<String> answer : answers.values()) {
                try {
                    var _ = answer.get();
                } catch (ExecutionException gone) {
                    Log.debug("cluster pool: a member left before its farewell", gone);
                }
            }
        } catch (RuntimeException ended) {
            Log.debug("cluster pool: no farewell", ended);
        }
    }

    /// The name of the pool.
    ///
    /// @return the name
    public String name() {
        return options.name();
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
            Log.warning("cluster pool: a task of execute() failed",
                    failure instanceof CompletionException ? failure.getCause() : failure);
            return null;
        });
    }

    @SuppressWarnings("unchecked") // a task of T returns a T
    private <T> ClusterFuture<T> call(Object task, T result, TaskOptions how) {
        Objects.requireNonNull(task, "task");
        TaskOptions treated = how == null ? TaskOptions.defaults() : how;
        dispatcher.checkRunning();
        ClusterFuture<T> future = new ClusterFuture<>(dispatcher);
        boolean returns = task instanceof Callable<?>;
        Call call = new Call(future, nameOf(task, treated), wire.value(task), null, false, treated.retries(),
                task instanceof Runnable runnable ? runnable : future,
                bytes -> future.complete(returns ? (T) wire.readValue(bytes) : result));
        return submit(future, List.of(call), treated, true);
    }

    private <T> ClusterFuture<T> submit(ClusterFuture<T> future, List<Call> calls, TaskOptions how, boolean limited) {
        dispatcher.submit(future, calls, limited);
        Duration deadline = how.deadline();
        if (deadline != null) {
            CompletableFuture.delayedExecutor(TimeUnit.NANOSECONDS.convert(deadline), TimeUnit.NANOSECONDS,
                    expiry -> Thread.ofVirtual().name("sluice-deadline").start(expiry)).execute(() -> future.expire(
                            new TimeoutException("task '%s' was not done within %s".formatted(
                                    calls.getFirst().name, deadline))));
        }
        return future;
    }

    private static String nameOf(Object task, TaskOptions how) {
        if (how.name() != null) {
            return how.name();
        }
        String type = task.getClass().getName();
        int lambda = type.indexOf("$$Lambda");
        return lambda < 0 ? type : "lambda of " + type.substring(0, lambda);
    }

    /// Runs a task in a worker of any member, and waits for it.
    ///
    /// @param task the task to run
    /// @param <T> type of the result
    /// @return the result
    /// @throws ExecutionException if it failed; its cause is what the task threw
    /// @throws InterruptedException if interrupted while waiting; the task is cancelled
    public <T> T apply(Task<T> task) throws ExecutionException, InterruptedException {
        return getOrCancel(submit(task));
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
    @SuppressWarnings("unchecked") // a function to R returns Rs
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions how) {
        Objects.requireNonNull(function, "function");
        dispatcher.checkRunning();
        ClusterFuture<List<R>> future = new ClusterFuture<>(dispatcher);
        List<A> all = new ArrayList<>(elements);
        if (all.isEmpty()) {
            future.complete(List.of());
            return future;
        }
        Object[] results = new Object[all.size()];
        AtomicInteger left = new AtomicInteger(all.size());
        int chunk = how.chunkSize() > 0 ? how.chunkSize() : suitableChunk(all.size());
        String name = nameOf(function, how);
        byte[] encoded = wire.value(function);
        List<Call> calls = new ArrayList<>();
        for (int from = 0; from < results.length; from += chunk) {
            int first = from;
            List<A> part = all.subList(first, Math.min(first + chunk, results.length));
            calls.add(new Call(future, name, encoded, wire.elements(part), false, how.retries(), future, bytes -> {
                Object[] some = wire.readAll(bytes);
                for (Object result : some) {
                    if (result instanceof Failure(Throwable failure)) {
                        future.completeExceptionally(failure);
                        return;
                    }
                }
                System.arraycopy(some, 0, results, first, some.length);
                if (left.addAndGet(-some.length) == 0) {
                    future.complete((List<R>) Collections.unmodifiableList(Arrays.asList(results)));
                }
            }));
        }
        var _ = submit(future, calls, how, false);
        if (how.progress() != null) {
            Thread.ofVirtual().name("sluice-progress").start(() -> report(future, name, how.progress(), results.length,
                    left));
        }
        return future;
    }

    private int suitableChunk(int elements) {
        return Math.clamp(elements / (CHUNKS_PER_WORKER * Math.max(1, size())), 1, MAX_CHUNK);
    }

    private static void report(
            Future<?> future, String name, Progress.Listener listener, int total, AtomicInteger left) {
        long start = System.nanoTime();
        int told = -1;
        for (boolean last = false; !last;) {
            last = future.isDone();
            int done = total - left.get();
            if (done > 0 && done != told) {
                told = done;
                try {
                    listener.progressed(new Progress(name, done, total, Duration.ofNanos(System.nanoTime() - start)));
                } catch (RuntimeException | Error ofTheListener) {
                    Log.warning("cluster pool: a progress listener failed", ofTheListener);
                }
            }
            if (!last) {
                awaitDone(future);
            }
        }
    }

    private static void awaitDone(Future<?> future) {
        try {
            var _ = future.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | CancellationException | InterruptedException goesOn) {
            // The caller looks again.
        }
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
        if (window < 1 || window > 1 << 20) {
            throw new IllegalArgumentException("cluster pool: a window of %,d elements is not between 1 and %,d"
                    .formatted(window, 1 << 20));
        }
        dispatcher.checkRunning();
        String name = nameOf(Objects.requireNonNull(function, "function"), how);
        byte[] encoded = wire.value(function);
        return new ClusterResults<>(elements.iterator(), Math.max(1, how.chunkSize()), window, part -> {
            ClusterFuture<Object[]> future = new ClusterFuture<>(dispatcher);
            Call call = new Call(future, name, encoded, wire.elements(part), true, how.retries(), future,
                    bytes -> future.complete(wire.readAll(bytes)));
            return submit(future, List.of(call), how, false);
        });
    }

    // Many tasks at once, as ExecutorService has it.

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        long start = System.nanoTime();
        long nanos = unit.toNanos(timeout);
        List<Future<T>> futures = new ArrayList<>(tasks.size());
        boolean allDone = false;
        try {
            tasks.forEach(task -> futures.add(submit(task)));
            for (Future<T> future : futures) {
                try {
                    var _ = future.get(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
                } catch (ExecutionException | CancellationException done) {
                    // The caller asks the future.
                }
            }
            allDone = true;
        } catch (TimeoutException late) {
            Log.debug("cluster pool: invokeAll cancels what is late", late);
        } finally {
            if (!allDone) {
                futures.forEach(future -> future.cancel(true));
            }
        }
        return List.copyOf(futures);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException(
                    "cluster pool '%s': invokeAny of no tasks; expected 1 or more".formatted(name()));
        }
        long start = System.nanoTime();
        long nanos = unit.toNanos(timeout);
        var ended = new LinkedBlockingQueue<CompletableFuture<T>>();
        List<CompletableFuture<T>> futures = new ArrayList<>(tasks.size());
        try {
            for (Callable<T> task : tasks) {
                CompletableFuture<T> future = submit(task);
                futures.add(future);
                var _ = future.whenComplete((value, failure) -> ended.add(future));
            }
            for (int left = futures.size();; left--) {
                CompletableFuture<T> next = ended.poll(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new TimeoutException("cluster pool '%s': none of %,d tasks succeeded in time".formatted(
                            name(), tasks.size()));
                }
                if (!next.isCompletedExceptionally() || left == 1) {
                    return next.get();
                }
            }
        } catch (CancellationException ofThePool) {
            throw new ExecutionException("cluster pool '%s' ended before one of %,d tasks succeeded".formatted(
                    name(), tasks.size()), ofThePool);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
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
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
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
