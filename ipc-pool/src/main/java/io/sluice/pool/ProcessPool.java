package io.sluice.pool;

import io.sluice.core.codec.CodecException;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.park.Waiter;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.codec.Values;
import io.sluice.pool.log.Log;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.submission.BulkCalls;
import io.sluice.pool.submission.Callbacks;
import io.sluice.pool.submission.TaskContext;
import io.sluice.pool.submission.TaskFailures;
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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// An `ExecutorService` whose workers are processes: separate JVMs. A worker that crashes, runs out of memory or is
/// killed affects only the task that it ran.
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
/// interface is available, use a cast: `service.submit((Task<Integer>) () -> 1)`.
///
/// Tasks are lambdas and method references, or objects that implement `Serializable`. Arguments, results and what a
/// task captures are serializable objects or records. A task is copied when it is submitted, with what it captures, so
/// later changes have no effect on it; its result is a copy as well. Shared objects (queues, locks, arrays, ...) travel
/// by name: the task works on the same object, and its handle is closed when the task is done.
///
/// - **Threads:** any.
/// - **Blocking:** submitting waits only if the backlog is full and [WhenFull#BLOCK] is chosen, which is the default;
///   [#apply], [#map], `get` and `join` wait for results.
/// - **Order:** what a thread did before it submitted a task happens-before the task, and that before the end of `get`.
/// - **Death of a worker:** the task that it ran fails with [WorkerDiedException], or is begun again by another worker
///   as often as [TaskOptions#withRetries] allows; tasks that it had not begun go to other workers; a new worker
///   starts. A worker that is killed from outside before it is ready is replaced after a pause that grows from none to
///   five seconds. Three starts in a row that fail by themselves break the pool, and so do fifteen that are killed
///   while no worker is ready.
/// - **Death of this process:** the workers leave, and nothing stays in `/dev/shm`.
/// - **End of the JVM:** unfinished tasks keep the JVM alive when `main` returns, until their futures are done, and
///   the stages that depend on them synchronously, as by `thenAccept`; an idle pool does not. At `System.exit` and
///   SIGTERM the pool drains; see [ProcessPoolBuilder#onShutdown].
/// - **Exceptions** of tasks arrive as the same type, with a [io.sluice.core.error.RemoteTrace] as their root cause, or
///   as [io.sluice.pool.task.RemoteException] if they do not travel. They are the cause of an `ExecutionException`.
/// - **What does not travel** is refused when it is submitted, with a [CodecException] that names the captured variable
///   or field; a result that does not travel fails its future.
/// - **Callbacks** and dependent stages run in virtual threads; they may block.
/// - **Security:** tasks and results decode only to classes of the class path and to values of the JDK; see
///   [ProcessPoolBuilder#allow].
public final class ProcessPool implements ExecutorService {
    private static final int DEFAULT_WINDOW = 1024;
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final String name;
    private final int size;
    private final Admission admission;
    private final SharedSpace space;
    private final SharedQueue<Message> results;
    private final Scheduler scheduler;
    private final ResultReader resultReader;
    private final Submitter submitter;
    private final BulkCalls bulkCalls;
    private final OnShutdown onShutdown;
    private final CountDownLatch terminated = new CountDownLatch(1);
    /// What the initializer captured, since a worker may start at any time.
    private final KeptObjects kept = new KeptObjects();

    ProcessPool(ProcessPoolBuilder builder) {
        int number = POOLS.incrementAndGet();
        ProcessContext context = builder.workerContext();
        this.name = builder.name != null ? builder.name : "pool-" + number;
        this.size = builder.workers;
        this.onShutdown = builder.onShutdown;
        this.admission = new Admission(name, builder.backlog, builder.whenFull);
        Values values = new Values(builder.allowed);
        Buffers buffers = new Buffers();
        String spaceName = OpenPools.spaceName(name, number);
        long graceNanos = TimeUnit.NANOSECONDS.convert(builder.grace);
        WorkerOptions options = new WorkerOptions(spaceName, buffers.encode(values, builder.initializer, kept),
                List.copyOf(builder.allowed), builder.strategy);
        SharedSpace opened = null;
        boolean built = false;
        try {
            // Refuses here what no JVM would find, before there is anything to clean up.
            var _ = WorkerStarter.builder(context, builder.classPath, new WorkerMain(options, 0, -1))
                    .name(name).build();
            opened = SharedSpace.openTemporary(spaceName);
            this.space = opened;
            Channels channels = new Channels(opened, builder.strategy);
            this.results = channels.results();
            WorkerStarter starter = new WorkerStarter(
                    name, context, builder.workerJvmOptions(context), builder.classPath, options, builder.pinned,
                    opened, channels, results);
            this.scheduler = new Scheduler(
                    name, size, builder.maxTasksPerWorker, graceNanos, builder.policy, admission, starter::start);
            this.resultReader = new ResultReader(name, scheduler, results, values, this::leave);
            this.submitter = new Submitter(name, values, buffers, admission, scheduler, resultReader,
                    builder.taskContext);
            this.bulkCalls = new BulkCalls("pool '%s'".formatted(name), submitter::call);
            OpenPools.add(this);
            resultReader.start();            // the last step that may fail
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

    /// The last step of the pool's thread. If a part of it fails, the rest is still done, and every waiter for the end
    /// is woken.
    private void leave() {
        try (kept; space; results) {
            submitter.closeStreams();
        } catch (RuntimeException | Error failure) {
            Log.error("pool: not all could be closed", failure);
        } finally {
            try {
                OpenPools.remove(this);
            } finally {
                terminated.countDown();
            }
        }
    }

    /// Makes a pool with a worker for each core.
    ///
    /// @return the pool, to be closed by the caller
    public static ProcessPool create() {
        return builder().build();
    }

    /// Makes a pool.
    ///
    /// @param workers number of processes, 1 to 200
    /// @return the pool, to be closed by the caller
    public static ProcessPool create(int workers) {
        return builder().workers(workers).build();
    }

    /// Begins a pool with settings.
    ///
    /// @return a builder with the default settings
    public static ProcessPoolBuilder builder() {
        return new ProcessPoolBuilder();
    }

    /// The context of the task that this thread runs, such as a `traceparent`: that of [TaskOptions#withContext], else
    /// that of [ProcessPoolBuilder#taskContext].
    ///
    /// - **Threads:** the one that runs the task, and those that it forks in a `StructuredTaskScope`; a task reads it
    ///   before it starts other threads.
    /// - **Allocation:** an `Optional`.
    ///
    /// @return the context; empty if the task has none, and outside a task
    public static Optional<String> taskContext() {
        return TaskContext.CURRENT.isBound() ? Optional.of(TaskContext.CURRENT.get()) : Optional.empty();
    }

    /// The name of the pool.
    ///
    /// @return the name
    public String name() {
        return name;
    }

    /// The number of workers that it has, or is about to have.
    ///
    /// @return the number
    public int size() {
        return size;
    }

    /// The workers.
    ///
    /// @return a snapshot; dead ones are missing
    public List<WorkerInfo> workers() {
        StackRoom.probeDeep();               // this thread may have to run events of the scheduler
        return scheduler.snapshot();
    }

    // Single tasks.

    /// Runs a task in a worker.
    ///
    /// @param task the task to run
    /// @param <T> type of the result
    /// @return a future of its result
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException if the pool was shut down or is broken, or its backlog is full and the pool
    ///     rejects calls then ([WhenFull#REJECT])
    public <T> CompletableFuture<T> submit(Task<T> task) {
        return submitter.call(task, TaskOptions.defaults(), true);
    }

    /// Runs a task in a worker.
    ///
    /// @param task the task to run
    /// @param options how to treat it; null for [TaskOptions#defaults]
    /// @param <T> type of the result
    /// @return a future of its result
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public <T> CompletableFuture<T> submit(Task<T> task, TaskOptions options) {
        return submitter.call(task, options == null ? TaskOptions.defaults() : options, true);
    }

    /// Runs an action in a worker.
    ///
    /// @param action the action to run
    /// @return a future that becomes null
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public CompletableFuture<?> submit(Action action) {
        return submitter.call(action, TaskOptions.defaults(), true);
    }

    /// Runs an action in a worker.
    ///
    /// @param action the action to run
    /// @param options how to treat it; null for [TaskOptions#defaults], as in `submit(action, null)`, where null is
    ///     meant as a result
    /// @return a future that becomes null
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public CompletableFuture<Void> submit(Action action, TaskOptions options) {
        return submitter.call(action, options == null ? TaskOptions.defaults() : options, true);
    }

    /// Runs an action in a worker.
    ///
    /// @param action the action to run
    /// @param result stays in this process, and need not travel
    /// @param <T> type of the result
    /// @return a future that becomes the result once the action is done
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public <T> CompletableFuture<T> submit(Action action, T result) {
        return submitter.call(action, result, TaskOptions.defaults(), true);
    }

    @Override
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        return submitter.call(task, TaskOptions.defaults(), true);
    }

    @Override
    public CompletableFuture<?> submit(Runnable task) {
        return submitter.call(task, TaskOptions.defaults(), true);
    }

    @Override
    public <T> CompletableFuture<T> submit(Runnable task, T result) {
        return submitter.call(task, result, TaskOptions.defaults(), true);
    }

    /// Runs an action in a worker; what it throws is logged.
    ///
    /// @param action the action to run
    /// @throws CodecException if it cannot travel; names the part that cannot
    /// @throws RejectedExecutionException as for [#submit(Task)]
    public void execute(Action action) {
        execute((Runnable) action);
    }

    @Override
    public void execute(Runnable action) {
        var _ = submitter.call(action, TaskOptions.defaults(), true).exceptionally(failure -> {
            Log.warning("pool: a task of execute() failed", TaskFailures.thrown(failure));
            return null;
        });
    }

    /// Runs a task in a worker and waits for it.
    ///
    /// @param task the task to run
    /// @param <T> type of the result
    /// @return the result
    /// @throws ExecutionException if it failed; its cause is what the task threw
    /// @throws InterruptedException if interrupted while waiting; the task is cancelled
    public <T> T apply(Task<T> task) throws ExecutionException, InterruptedException {
        PoolFuture<T> future;
        try {
            future = submitter.call(task, null, TaskOptions.defaults(), false, Waiter.FOREVER);
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

    /// Applies a function to two arguments in a worker and waits for it.
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

    /// Applies a function to an argument in a worker.
    ///
    /// @param function the function to apply
    /// @param argument travels with it
    /// @param <A> type of the argument
    /// @param <R> type of the result
    /// @return a future of the result
    public <A, R> CompletableFuture<R> applyAsync(TaskFunction<A, R> function, A argument) {
        return submitter.call((Task<R>) () -> function.apply(argument), TaskOptions.defaults(), true);
    }

    /// Runs a task in a worker, and calls one of two callbacks.
    ///
    /// @param task the task to run
    /// @param callback gets the result, in a virtual thread; what it throws is logged, with no other effect
    /// @param errorCallback gets what the task threw, likewise; or its cancellation, in the thread that cancels it
    /// @param <T> type of the result
    /// @return a future of the result
    public <T> CompletableFuture<T> applyAsync(
            Task<T> task, Consumer<? super T> callback, Consumer<? super Throwable> errorCallback) {
        PoolFuture<T> future = withCallbacks(callback, errorCallback);
        submitter.submit(future, task, null, TaskOptions.defaults(), true);
        return future;
    }

    /// A future for a submission. It has the callbacks before it can be done: they run in no thread that submits.
    private <T> PoolFuture<T> withCallbacks(
            Consumer<? super T> callback, Consumer<? super Throwable> errorCallback) {
        Callbacks<T> callbacks = new Callbacks<>("pool", callback, errorCallback);
        PoolFuture<T> future = submitter.newFuture();
        callbacks.addTo(future);
        return future;
    }

    // Many tasks of one function.

    /// Applies a function to each element, in the workers, and waits for all.
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
    /// @param chunkSize how many elements travel together, 1 to 1,048,576
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
    /// @param options how to treat them
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return as for [#map(TaskFunction, Collection)]
    /// @throws ExecutionException as for [#map(TaskFunction, Collection)]
    /// @throws InterruptedException as for [#map(TaskFunction, Collection)]
    public <A, R> List<R> map(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions options)
            throws ExecutionException, InterruptedException {
        return getOrCancel(submitter.map(function, elements, options, false));
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
    /// @param options how to treat them
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return a future of the results in the order of the elements
    public <A, R> CompletableFuture<List<R>> mapAsync(
            TaskFunction<? super A, ? extends R> function, Collection<? extends A> elements, TaskOptions options) {
        return submitter.map(function, elements, options, true);
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
        PoolFuture<List<R>> future = withCallbacks(callback, errorCallback);
        submitter.submit(future, function, elements, TaskOptions.defaults(), true);
        return future;
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

    /// Applies a function of three arguments to each triple, and waits for all. For more arguments, map a record.
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
        return map(
                (Triple<A, B, C> triple) -> function.apply(triple.first(), triple.second(), triple.third()), arguments);
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
    public <A, R> Results<R> imap(
            TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements) {
        return imap(function, elements, TaskOptions.defaults(), DEFAULT_WINDOW);
    }

    /// Applies a function to each element of an input that is read as the results are.
    ///
    /// @param function the function to apply
    /// @param elements its arguments, possibly infinite
    /// @param options how to treat them; the default chunk is one element
    /// @param window largest number of elements in flight, 1 or more; at least two chunks are
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results in the order of the elements, to be closed by the caller unless read to the end
    /// @throws IllegalArgumentException if the window is out of its range
    public <A, R> Results<R> imap(TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements,
            TaskOptions options, int window) {
        return submitter.stream(function, elements, options, window, true);
    }

    /// Applies a function to each element of an input that is read as the results are: at most 1,024 are in flight.
    ///
    /// @param function the function to apply
    /// @param elements its arguments, possibly infinite
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results as they become ready, to be closed by the caller unless read to the end
    public <A, R> Results<R> imapUnordered(
            TaskFunction<? super A, ? extends R> function, Iterable<? extends A> elements) {
        return imapUnordered(function, elements, TaskOptions.defaults(), DEFAULT_WINDOW);
    }

    /// Applies a function to each element of an input that is read as the results are.
    ///
    /// @param function the function to apply
    /// @param elements its arguments, possibly infinite
    /// @param options how to treat them; the default chunk is one element
    /// @param window largest number of elements in flight, 1 or more; at least two chunks are
    /// @param <A> type of the elements
    /// @param <R> type of the results
    /// @return the results as they become ready, to be closed by the caller unless read to the end
    /// @throws IllegalArgumentException if the window is out of its range
    public <A, R> Results<R> imapUnordered(TaskFunction<? super A, ? extends R> function,
            Iterable<? extends A> elements, TaskOptions options, int window) {
        return submitter.stream(function, elements, options, window, false);
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

    /// Refuses new tasks; submitted tasks are done, and then the workers end. Does not wait.
    @Override
    public void shutdown() {
        StackRoom.probeDeep();               // as for the workers
        scheduler.shutdown();
        resultReader.wake();
    }

    /// Refuses new tasks, interrupts running ones, and cancels the others.
    ///
    /// @return the tasks that were never begun: the objects given to `execute` and `submit(Runnable)` themselves, and
    ///     the (cancelled) futures of other tasks
    /// @throws OutOfMemoryError if there is no memory for the answer: the pool is shut down, and no task is interrupted
    ///     or cancelled; a later call does it
    @Override
    public List<Runnable> shutdownNow() {
        StackRoom.probeDeep();
        List<Runnable> never = scheduler.shutdownNow();
        resultReader.wake();
        return never;
    }

    /// Ends the workers in order, as by SIGTERM: their shutdown hooks run, and one that takes longer than the grace
    /// period of [ProcessPoolBuilder#grace] is killed. Running tasks fail with [WorkerDiedException], without a retry;
    /// the others are cancelled, and so is a `map` of which only a part has begun. Refuses new tasks. Does not wait.
    public void terminateWorkers() {
        StackRoom.probeDeep();
        scheduler.endWorkers(false);
        resultReader.wake();
    }

    /// Kills the workers, as by SIGKILL; otherwise as [#terminateWorkers()].
    public void killWorkers() {
        StackRoom.probeDeep();
        scheduler.endWorkers(true);
        resultReader.wake();
    }

    /// Kills the workers; all unfinished futures are cancelled, those of running tasks too. Does not wait for the ends
    /// of the workers.
    ///
    /// @throws OutOfMemoryError if there is no memory for that: the pool is shut down, and no worker is killed; a later
    ///     call does it
    public void terminate() {
        StackRoom.probeDeep();
        scheduler.terminate();
        resultReader.wake();
    }

    /// Begins the end of the pool when this JVM shuts down.
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

    /// Waits for the stages that depend on the futures of the last tasks; called after the pool has ended.
    ///
    /// @return whether they were done in time
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

    /// Shuts down, and waits until all tasks are done and the workers have ended, as `close` of the JDK's executors
    /// does. If the thread is interrupted meanwhile, it goes on as by [#shutdownNow()]. Python's `with` calls
    /// [#terminate()] instead.
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
