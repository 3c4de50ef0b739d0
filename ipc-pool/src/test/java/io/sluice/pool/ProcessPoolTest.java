package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.logging.Logged;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskBiFunction;
import io.sluice.pool.task.TaskFunction;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every way of giving a task to a pool.
class ProcessPoolTest extends PoolTest {
    private static ProcessPool pool;

    private record Square(int side) implements Callable<Integer>, Serializable {
        @Override
        public Integer call() {
            return side * side;
        }
    }

    private record Add(SharedLong counter, long delta) implements Runnable, Serializable {
        @Override
        public void run() {
            var _ = counter.addAndGet(delta);
        }
    }

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(2).name("answers").build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static int refuse(int number) throws IOException {
        throw new IOException("number " + number);
    }

    // Single tasks.

    @Test
    void aTaskRunsInAWorker() throws Exception {
        long pid = resultOf(pool.submit(() -> ProcessHandle.current().pid()));
        assertThat(pid).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(pool.workers()).extracting(WorkerInfo::pid).contains(pid);
    }

    @Test
    void everyKindOfTaskIsDoneWithItsFuture() throws Exception {
        SharedLong counter = space.longValue("counter", 0);
        int six = 6;
        assertThat(pool.submit(() -> six * 7).get()).isEqualTo(42);
        assertThat(pool.submit(() -> six * 7, TaskOptions.defaults().withName("product")).get()).isEqualTo(42);
        assertThat((Object) pool.submit(() -> counter.set(1)).get()).isNull();
        assertThat(counter.get()).isEqualTo(1);
        Callable<Integer> callable = new Square(5);
        assertThat(pool.submit(callable).get()).isEqualTo(25);
        Runnable runnable = new Add(counter, 10);
        assertThat((Object) pool.submit(runnable).get()).isNull();
        assertThat(counter.get()).isEqualTo(11);
        Object result = new Object();
        assertThat(pool.submit(runnable, result).get()).isSameAs(result);
        assertThat(counter.get()).isEqualTo(21);
    }

    @Test
    void anExecutedActionRunsAndItsFailureIsLogged() throws Exception {
        SharedLong counter = space.longValue("counter", 0);
        try (Logged logged = new Logged("io.sluice.pool")) {
            pool.execute(() -> {
                throw new IllegalStateException("no caller waits for this");
            });
            pool.execute(new Add(counter, 1));
            pool.execute(() -> {
                var _ = counter.addAndGet(2);
            });
            awaitUntil(() -> counter.get() == 3);
            awaitUntil(() -> !logged.failures().isEmpty());
            assertThat(logged.failures()).singleElement().satisfies(failure -> assertThat(failure)
                    .hasStackTraceContaining("no caller waits for this"));
        }
    }

    @Test
    void theExceptionOfATaskArrivesAsTheSameTypeWithItsTraceAtTheRoot() {
        Throwable checked = failureOf(pool.submit(() -> refuse(3)));
        assertThat(checked).isExactlyInstanceOf(IOException.class).hasMessage("number 3");
        assertThat(rootOf(checked).getMessage()).contains("answers-worker-", "java.io.IOException: number 3", "refuse");
        Throwable nested = failureOf(pool.submit((Task<Object>) () -> {
            throw new IllegalStateException("outer", new IOException("inner"));
        }));
        assertThat(nested).isExactlyInstanceOf(IllegalStateException.class).hasMessage("outer");
        assertThat(nested.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("inner");
        assertThat(rootOf(nested).getMessage()).contains("Caused by: java.io.IOException: inner");
        assertThat(failureOf(pool.submit(() -> {
            throw new AssertionError("an error");
        }))).isExactlyInstanceOf(AssertionError.class);
    }

    @Test
    void aMissingTaskIsRefusedAtOnce() {
        assertThatThrownBy(() -> pool.submit((Task<Object>) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> pool.execute((Action) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> pool.map(null, List.of(1))).isInstanceOf(NullPointerException.class);
    }

    // Several tasks.

    @Test
    void invokeAllReturnsAllResultsInTheOrderOfTheTasks() throws Exception {
        List<Task<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            tasks.add(() -> number == 7 ? refuse(number) : number);
        }
        List<Future<Integer>> futures = pool.invokeAll(tasks);
        assertThat(futures).hasSize(20).allMatch(Future::isDone);
        for (int i = 0; i < 20; i++) {
            if (i == 7) {
                assertThat(failureOf(futures.get(i))).isInstanceOf(IOException.class);
            } else {
                assertThat(futures.get(i).get()).isEqualTo(i);
            }
        }
        assertThat(pool.invokeAll(List.<Task<Integer>>of())).isEmpty();
    }

    @Test
    void invokeAllCancelsTasksThatAreNotDoneInTime() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong interrupted = space.longValue("interrupted", 0);
        List<Task<Integer>> tasks = List.of(() -> 1, () -> {
            try {
                gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set(1);
            }
            return 2;
        });
        List<Future<Integer>> futures = pool.invokeAll(tasks, 2, TimeUnit.SECONDS);
        assertThat(futures).hasSize(2).allMatch(Future::isDone);
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThat(futures.get(1).isCancelled()).isTrue();
        awaitUntil(() -> interrupted.get() == 1);
    }

    @Test
    void invokeAnyReturnsTheFirstSuccessAndCancelsTheRest() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong begun = space.longValue("begun", 0);
        SharedLong interrupted = space.longValue("interrupted", 0);
        List<Task<Integer>> tasks = List.of(() -> {
            begun.set(1);
            try {
                gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set(1);
            }
            return 1;
        }, () -> refuse(2), () -> 3);
        assertThat(pool.invokeAny(tasks)).isEqualTo(3);
        assertThat(pool.apply(() -> 4)).isEqualTo(4);
        awaitUntil(() -> interrupted.get() == begun.get());
    }

    @Test
    void invokeAnyFailsIfAllDo() {
        List<Task<Integer>> tasks = List.of(() -> refuse(1), () -> refuse(2), () -> refuse(3));
        assertThatThrownBy(() -> pool.invokeAny(tasks))
                .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> pool.invokeAny(List.<Task<Integer>>of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("answers");
    }

    @Test
    void invokeAnyGivesUpInTimeAndCancelsAll() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong interrupted = space.longValue("interrupted", 0);
        SharedEvent begun = space.event("begun");
        List<Task<Integer>> tasks = List.of(() -> {
            begun.set();
            try {
                gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set(1);
            }
            return 1;
        });
        assertThatThrownBy(() -> pool.invokeAny(tasks, 2, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class).hasMessageContaining("none of 1 tasks");
        if (begun.isSet()) {
            awaitUntil(() -> interrupted.get() == 1);
        }
        assertThat(pool.invokeAny(List.of((Task<Integer>) () -> 5), 1, TimeUnit.MINUTES)).isEqualTo(5);
    }

    // Apply.

    @Test
    void applyTakesAFunctionAndItsArguments() throws Exception {
        TaskFunction<Integer, Integer> twice = x -> 2 * x;
        TaskBiFunction<String, Integer, String> repeat = String::repeat;
        assertThat(pool.apply(() -> "none")).isEqualTo("none");
        assertThat(pool.apply(twice, 21)).isEqualTo(42);
        assertThat(pool.apply(repeat, "ab", 3)).isEqualTo("ababab");
        assertThat(pool.<Object, Object>apply(x -> x, null)).isNull();
        assertThat(pool.applyAsync(twice, 4).get()).isEqualTo(8);
        assertThatThrownBy(() -> pool.apply(ProcessPoolTest::refuse, 9))
                .isInstanceOf(ExecutionException.class).hasCauseExactlyInstanceOf(IOException.class);
    }

    /// An interrupt of the caller of `apply` interrupts its task too.
    @Test
    void anInterruptedApplyInterruptsItsTask() throws Exception {
        SharedEvent begun = space.event("begun");
        SharedEvent gate = space.event("gate");
        SharedLong interrupted = space.longValue("interrupted", 0);
        var thrown = new CompletableFuture<Throwable>();
        Thread waiter = Thread.ofPlatform().start(() -> thrown.complete(catchThrowable(() -> pool.apply(() -> {
            begun.set();
            try {
                return gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set(1);
                throw expected;
            }
        }))));
        begun.await();
        waiter.interrupt();
        assertThat(resultOf(thrown)).isInstanceOf(InterruptedException.class);
        awaitUntil(() -> interrupted.get() == 1);
    }

    // Callbacks.

    @Test
    void theCallbackGetsTheResultAndTheErrorCallbackTheFailure() throws Exception {
        var value = new CompletableFuture<Integer>();
        var failure = new CompletableFuture<Throwable>();
        assertThat(pool.applyAsync(() -> 1, value::complete, failure::complete).get()).isEqualTo(1);
        assertThat(resultOf(value)).isEqualTo(1);
        assertThat(failure).isNotDone();
        var none = new CompletableFuture<Integer>();
        assertThat(failureOf(pool.applyAsync(() -> refuse(2), none::complete, failure::complete)))
                .isInstanceOf(IOException.class);
        assertThat(resultOf(failure)).isExactlyInstanceOf(IOException.class);
        assertThat(none).isNotDone();
        var all = new CompletableFuture<List<Integer>>();
        assertThat(pool.mapAsync((Integer x) -> x + 1, List.of(1, 2), all::complete, failure::complete).get())
                .containsExactly(2, 3);
        assertThat(resultOf(all)).containsExactly(2, 3);
    }

    @Test
    void aCallbackThatThrowsAffectsNoOtherTask() throws Exception {
        try (Logged logged = new Logged("io.sluice.pool")) {
            for (int i = 0; i < 10; i++) {
                int number = i;
                assertThat(resultOf(pool.applyAsync(() -> number, result -> {
                    throw new IllegalStateException("of the callback");
                }, failure -> {}))).isEqualTo(number);
                assertThat(failureOf(pool.applyAsync(() -> refuse(number), result -> {}, failure -> {
                    throw new AssertionError("of the callback");
                }))).isInstanceOf(IOException.class);
            }
            assertThat(pool.map((Integer x) -> x, List.of(1, 2, 3))).containsExactly(1, 2, 3);
            awaitUntil(() -> logged.failures().size() == 20);
            assertThat(logged.failures()).allMatch(failure -> "of the callback".equals(failure.getMessage()));
        }
    }

    /// More blocked callbacks than cores, or carriers of virtual threads.
    @Test
    void aCallbackThatBlocksAffectsNoOtherTask() throws Exception {
        var end = new CountDownLatch(1);
        var blocked = new CountDownLatch(20);
        Consumer<Integer> blocking = result -> {
            blocked.countDown();
            try {
                end.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        };
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 20)
                .mapToObj(i -> pool.applyAsync(() -> i, blocking, failure -> {})).toList();
        try {
            assertThat(blocked.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 20; i++) {
                assertThat(resultOf(futures.get(i))).isEqualTo(i);
            }
            assertThat(pool.map((Integer x) -> x, List.of(1, 2, 3))).containsExactly(1, 2, 3);
        } finally {
            end.countDown();
        }
    }

    /// The result of no elements is there before the submission returns.
    @Test
    void aCallbackNeverRunsInTheSubmitter() throws Exception {
        var thread = new CompletableFuture<Thread>();
        var _ = pool.mapAsync((Integer x) -> x, List.of(), none -> thread.complete(Thread.currentThread()),
                failure -> thread.completeExceptionally(failure));
        assertThat(resultOf(thread).isVirtual()).isTrue();
    }
}
