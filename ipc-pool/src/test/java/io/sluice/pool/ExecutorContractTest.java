package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.codec.CodecException;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Task;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The promises of `ExecutorService` and `Future`.
class ExecutorContractTest extends PoolTest {
    private static ProcessPool pool;

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(1).name("contract").grace(Duration.ofSeconds(30)).build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private interface Call {
        Object call() throws Exception;
    }

    /// Makes a call in another thread, interrupts it once `inside` holds, and returns what the call threw.
    private static Throwable interrupted(Call call, Consumer<Thread> inside) throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(call::call)));
        inside.accept(caller);
        caller.interrupt();
        caller.join();
        return thrown.get();
    }

    /// A task that runs until it is interrupted.
    private static Task<Boolean> untilInterrupted(SharedEvent begun, SharedEvent interrupted) {
        return () -> {
            begun.set();
            try {
                return interrupted.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set();
                throw expected;
            }
        };
    }

    private static void awaitSet(SharedEvent event) {
        awaitUntil(event::isSet);
    }

    // invokeAll.

    @Test
    void invokeAllThatIsInterruptedCancelsItsTasks() throws Exception {
        SharedEvent begun = space.event("begun");
        SharedEvent stopped = space.event("stopped");
        SharedLong ran = space.longValue("ran", 0);
        List<Task<Boolean>> tasks = new ArrayList<>(List.of(untilInterrupted(begun, stopped)));
        for (int i = 0; i < 5; i++) {
            tasks.add(() -> ran.incrementAndGet() > 0);
        }
        Throwable thrown = interrupted(() -> pool.invokeAll(tasks), caller -> {
            awaitSet(begun);
            awaitWaiting(caller);
        });
        assertThat(thrown).isInstanceOf(InterruptedException.class);
        awaitSet(stopped);
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
        assertThat(ran.get()).isZero();
    }

    @Test
    void invokeAllWithANullCancelsWhatItHasSubmitted() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong ran = space.longValue("ran", 0);
        var running = occupy(pool, gate);
        List<Task<Long>> tasks = new ArrayList<>(Collections.nCopies(3, ran::incrementAndGet));
        tasks.add(null);
        assertThatThrownBy(() -> pool.invokeAll(tasks)).isInstanceOf(NullPointerException.class);
        gate.set();
        assertThat(resultOf(running.getFirst())).isPositive();
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
        assertThat(ran.get()).isZero();
    }

    /// Also while it waits for room in the backlog: after a time-out, tasks without room are cancelled futures; after
    /// an interrupt, it throws `InterruptedException`.
    @Test
    void invokeAllWaitsForRoomNoLongerThanItsTimeOut() throws Exception {
        SharedEvent gate = space.event("gate");
        List<Task<Integer>> tasks = Collections.nCopies(20, () -> 1);
        try (ProcessPool small = ProcessPool.builder().workers(1).backlog(2, WhenFull.BLOCK).build()) {
            var _ = occupy(small, gate);
            List<Future<Integer>> futures = small.invokeAll(tasks, 50, TimeUnit.MILLISECONDS);
            assertThat(futures).hasSize(20).allMatch(Future::isCancelled);
            assertThatThrownBy(() -> small.invokeAny(tasks, 50, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            for (Call call : List.<Call>of(() -> small.invokeAll(tasks), () -> small.invokeAny(tasks),
                    () -> applyManyTimes(small))) {
                assertThat(interrupted(call, PoolTest::awaitWaiting)).isInstanceOf(InterruptedException.class);
            }
            gate.set();
            assertThat(small.apply(() -> 2)).isEqualTo(2);
        }
    }

    private static int applyManyTimes(ProcessPool full) throws Exception {
        List<CompletableFuture<Integer>> fill = new ArrayList<>();
        try {
            IntStream.range(0, 4).forEach(i -> fill.add(full.submit(() -> 1)));
            return full.apply(() -> 1);
        } catch (RejectedExecutionException interrupted) {
            assertThat(Thread.interrupted()).isTrue();
            Thread.currentThread().interrupt();
            return full.apply(() -> 1);
        } finally {
            fill.forEach(future -> future.cancel(false));
        }
    }

    // invokeAny.

    @Test
    void invokeAnyOfAPoolThatEndsThrowsAnExecutionException() throws Exception {
        for (Consumer<ProcessPool> end : List.<Consumer<ProcessPool>>of(
                ProcessPool::terminate, ProcessPool::shutdownNow)) {
            String name = "any%d".formatted(System.nanoTime());
            try (SharedEvent begun = space.event(name + "begun"); SharedEvent stopped = space.event(name);
                    ProcessPool ending = ProcessPool.create(1)) {
                List<Task<Boolean>> tasks = List.of(untilInterrupted(begun, stopped), () -> true, () -> true);
                AtomicReference<Throwable> thrown = new AtomicReference<>();
                Thread caller = Thread.ofPlatform().start(
                        () -> thrown.set(catchThrowable(() -> ending.invokeAny(tasks))));
                awaitSet(begun);
                end.accept(ending);
                caller.join();
                assertThat(thrown.get()).isInstanceOf(ExecutionException.class);
            }
        }
    }

    /// The tasks behind the first one never end, and fill worker and backlog.
    @Test
    void invokeAnyReturnsASuccessWhileOtherTasksHaveNoRoom() throws Exception {
        SharedEvent gate = space.event("never");
        Task<Integer> endless = () -> {
            gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            return 2;
        };
        List<Task<Integer>> tasks = List.of(() -> 1, endless, endless, endless, endless, endless);
        try (ProcessPool small = ProcessPool.builder().workers(1).backlog(1, WhenFull.BLOCK).build()) {
            assertThat(small.invokeAny(tasks, WATCHDOG_SECONDS / 2, TimeUnit.SECONDS)).isEqualTo(1);
            gate.set();
        }
    }

    /// A caller that waits for room is told as one that comes later.
    @Test
    void aSubmissionThatWaitsWhileThePoolBreaksIsToldWhy() throws Exception {
        SharedEvent gate = space.event("break");
        try (ProcessPool broken = ProcessPool.builder().workers(1).backlog(1, WhenFull.BLOCK).initializer(() -> {
            gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            throw new IllegalStateException("no licence");
        }).build()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    var _ = broken.submit(() -> 1);
                }
            })));
            awaitWaiting(caller);
            gate.set();
            caller.join();
            assertThat(thrown.get()).isInstanceOf(BrokenPoolException.class).hasStackTraceContaining("no licence");
        }
    }

    /// As with every other executor: only a future that was cancelled reports a cancellation.
    @Test
    void aTaskThatThrowsACancellationHasFailed() throws Exception {
        Task<Integer> task = () -> {
            throw new CancellationException("thrown by the task");
        };
        CompletableFuture<Integer> future = pool.submit(task);
        assertThat(failureOf(future)).isInstanceOf(CancellationException.class).hasMessage("thrown by the task");
        assertThat(future.isCancelled()).isFalse();
        CompletableFuture<List<Integer>> map = pool.mapAsync(x -> task.call(), List.of(1, 2));
        assertThat(failureOf(map)).isInstanceOf(CancellationException.class);
        assertThat(map.isCancelled()).isFalse();
        assertThatThrownBy(() -> pool.invokeAny(List.of(task))).isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> pool.apply(task)).isInstanceOf(ExecutionException.class);
    }

    /// A `CompletableFuture` unwraps a `CompletionException`; that of the task arrives all the same.
    @Test
    void aTaskThatThrowsACompletionExceptionFailsWithIt() {
        CompletableFuture<Integer> future = pool.submit(() -> {
            throw new CompletionException("thrown by the task", new IllegalStateException("inner"));
        });
        assertThat(failureOf(future)).isInstanceOf(CompletionException.class).hasMessage("thrown by the task");
    }

    // submit(Runnable, T).

    private static Runnable runnable(Runnable action) {
        return action;
    }

    @Test
    void theFutureOfARunnableCompletesWithItsResult() throws Exception {
        SharedEvent begun = space.event("begun");
        SharedEvent stopped = space.event("stopped");
        SharedLong ran = space.longValue("ran", 0);
        Object local = new Object();             // does not travel, and need not
        Task<Boolean> endless = untilInterrupted(begun, stopped);
        Future<Object> running = pool.submit(runnable((Runnable & Serializable) () -> {
            try {
                endless.call();
            } catch (Exception interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }), local);
        awaitSet(begun);
        Future<Object> queued = pool.submit(
                runnable((Runnable & Serializable) ran::incrementAndGet), local);
        assertThat(queued.cancel(false)).isTrue();
        assertThat(running.cancel(true)).isTrue();
        awaitSet(stopped);
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
        assertThat(ran.get()).isZero();
        assertThat(pool.submit(runnable((Runnable & Serializable) ran::incrementAndGet), local).get())
                .isSameAs(local);
        assertThat(ran.get()).isEqualTo(1);
    }

    // Tasks through the interface ExecutorService.

    /// None of these is `Serializable`; the message tells only how to write it instead.
    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // there is none
    void plainLambdasThroughTheInterfaceAreRefusedWithTheWayOut() throws Exception {
        ExecutorService service = pool;
        Callable<Integer> callable = () -> 1;
        Runnable runnable = () -> {};
        for (Call call : List.<Call>of(() -> service.submit(() -> 1), () -> service.submit(callable),
                () -> service.submit(() -> {}), () -> service.submit(runnable, 1),
                () -> service.invokeAll(List.of(callable)), () -> service.invokeAny(List.of(callable)),
                () -> executed(service, runnable))) {
            assertThatThrownBy(call::call).isInstanceOf(CodecException.class)
                    .hasMessageMatching("a lambda of type "
                            + "java\\.(util\\.concurrent\\.Callable|lang\\.Runnable) is not Serializable.*")
                    .hasMessageContaining("declare the pool as ProcessPool, not as ExecutorService")
                    .hasMessageContaining("(Task<Integer>) () -> 1");
        }
        Task<Integer> task = () -> 1;
        Action action = () -> {};
        for (Call call : List.<Call>of(() -> CompletableFuture.supplyAsync(() -> 1, service),
                () -> CompletableFuture.runAsync(action, service),
                () -> CompletableFuture.completedFuture(1).thenApplyAsync(x -> x, service).get(),
                () -> new ExecutorCompletionService<Integer>(service).submit(task),
                () -> executed(service, new FutureTask<>(task)),
                () -> service.submit(Executors.callable(action)))) {
            assertThatThrownBy(call::call).isInstanceOfAny(CodecException.class, ExecutionException.class)
                    .hasMessageContaining("java.util.concurrent.")
                    .hasMessageContaining("give the task itself to ProcessPool.submit(Task) or submit(Action)")
                    .hasMessageNotContainingAny("allow(");
        }
    }

    private static Object executed(ExecutorService service, Runnable action) {
        service.execute(action);
        return null;
    }

    @Test
    void tasksThatTravelGoThroughTheInterface() throws Exception {
        ExecutorService service = pool;
        assertThat(service.submit((Task<Integer>) () -> 1).get()).isEqualTo(1);
        assertThat(service.submit((Callable<Integer> & Serializable) () -> 2).get()).isEqualTo(2);
        assertThat(service.submit((Action) () -> Thread.sleep(1)).get()).isNull();
        List<Task<Integer>> tasks = List.of(() -> 3);
        assertThat(service.invokeAll(tasks).getFirst().get()).isEqualTo(3);
        assertThat(service.invokeAny(tasks)).isEqualTo(3);
    }
}
