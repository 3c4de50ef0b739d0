package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.error.RemoteTrace;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.connection.Address;
import io.sluice.pool.manager.Manager.Options;
import io.sluice.pool.task.Task;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A pool in a manager's server, used over TCP as from another host. One server and two workers serve all of the test.
@Timeout(120)
class ManagedPoolTest {
    // A strong reference: the handler of a logger that was collected is lost.
    private static final Logger LOGGER = Logger.getLogger("io.sluice.pool");

    @Test
    @SuppressWarnings("try")         // the end of the server is a step
    void aPoolOfTheServerWorksForItsClients(@TempDir Path folder) throws Exception {
        List<ProcessHandle> workers = new ArrayList<>();
        try (Manager manager = Manager.serve(Options.defaults().withAddress(Address.tcp("127.0.0.1", 0))
                .withConnection(Manager.USUAL.withSharedMemory(false)))) {
            Manager.Pool pool = manager.pool("pool", 2);
            assertThat(pool).isEqualTo(manager.pool("pool", 2)).hasSameHashCodeAs(manager.pool("pool", 2));
            assertThat(pool.size()).isEqualTo(2);
            assertThatThrownBy(() -> manager.pool("pool", 3)).isInstanceOf(MismatchException.class)
                    .hasMessageContaining("is a pool of 2, expected a pool of 3");
            assertThatThrownBy(() -> manager.pool("none", 0)).isInstanceOf(IllegalArgumentException.class);

            resultsAndFailures(pool, workers);
            BlockingDeque<Integer> deque = manager.deque();
            failuresOfExecuteAreLogged(pool, deque);
            waits(pool, deque);
            many(pool);
            contexts(pool);

            Map<String, Object> map = manager.map("map");
            map.put("pool", pool);
            assertThat(((Manager.Pool) map.get("pool")).submit(() -> 2).get()).as("a proxy is a value").isEqualTo(2);
            map.remove("pool");
            manager.snapshot(folder.resolve("snapshot"));        // without the pool
            assertThat(Files.size(folder.resolve("snapshot"))).isPositive();

            manager.remove("pool");
            assertThat(pool.isShutdown()).isTrue();
            assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(RejectedExecutionException.class);
            assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.isTerminated()).isTrue();
            Manager.Pool second = manager.pool("pool", 1);
            assertThat(((Server) manager.server()).objectsByName().poolCount())
                    .as("the server has dropped the pool that has ended").isEqualTo(1);
            workers.add(ProcessHandle.of(second.submit(() -> ProcessHandle.current().pid()).get()).orElseThrow());
            Future<Object> never = second.submit(() -> deque.take());
            FutureTask<Object> waiter = new FutureTask<>(never::get);
            Thread.ofVirtual().start(waiter);
            manager.close();
            assertThatThrownBy(waiter::get).cause().isInstanceOf(ManagerEndedException.class);
        }
        for (ProcessHandle worker : workers) {
            worker.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    private static void resultsAndFailures(Manager.Pool pool, List<ProcessHandle> workers) throws Exception {
        long own = ProcessHandle.current().pid();
        Future<Long> pid = pool.submit(() -> ProcessHandle.current().pid());
        workers.add(ProcessHandle.of(pid.get()).orElseThrow());
        assertThat(pid.get()).isNotEqualTo(own);
        assertThat(pid.isDone()).isTrue();
        assertThat(pid.isCancelled()).isFalse();
        Future<Object> failed = pool.submit(() -> {
            throw new IOException("disk full");
        });
        assertThatThrownBy(failed::get).isInstanceOf(ExecutionException.class).cause()
                .isExactlyInstanceOf(IOException.class).hasMessage("disk full")
                .rootCause().isInstanceOf(RemoteTrace.class).hasMessageContaining("ManagedPoolTest.lambda");
        Object local = new Object();
        assertThatThrownBy(() -> pool.submit(() -> local.hashCode())).isInstanceOf(CodecException.class);
        assertThat(pool.submit((Runnable & Serializable) () -> {}, "done").get()).isEqualTo("done");
    }

    private static void failuresOfExecuteAreLogged(Manager.Pool pool, BlockingDeque<Integer> deque) throws Exception {
        CompletableFuture<LogRecord> logged = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.complete(entry);
            }

            @Override
            public void flush() {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
        try {
            pool.execute((Runnable & Serializable) () -> deque.add(3));
            assertThat(deque.take()).isEqualTo(3);
            pool.execute((Runnable & Serializable) () -> {
                throw new IllegalStateException("disk full");
            });
            assertThat(logged.get(60, TimeUnit.SECONDS).getThrown()).hasMessage("disk full");
        } finally {
            LOGGER.removeHandler(handler);
            LOGGER.setUseParentHandlers(true);
        }
    }

    private static void waits(Manager.Pool pool, BlockingDeque<Integer> deque) throws Exception {
        Future<Integer> waiting = pool.submit(() -> deque.take());       // a task uses other objects of the manager
        assertThatThrownBy(() -> waiting.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        FutureTask<Object> waiter = new FutureTask<>(waiting::get);
        Thread thread = Thread.ofPlatform().start(waiter);
        thread.interrupt();
        assertThatThrownBy(waiter::get).cause().isInstanceOf(InterruptedException.class);
        deque.put(7);
        assertThat(waiting.get()).isEqualTo(7);
        Future<Integer> cancelled = pool.submit(() -> deque.take());
        assertThat(cancelled.cancel(true)).isTrue();
        assertThatThrownBy(cancelled::get).isInstanceOf(CancellationException.class);
        deque.put(8);
        deque.clear();
    }

    private static void contexts(Manager.Pool pool) throws Exception {
        TaskOptions own = TaskOptions.defaults().withContext("own").withDeadline(Duration.ofMinutes(5));
        assertThat(pool.submit(() -> ProcessPool.taskContext().orElse("none"), own).get()).isEqualTo("own");
        assertThat(pool.submit(() -> ProcessPool.taskContext().orElse("none")).get()).isEqualTo("none");
        assertThat(pool.map(n -> n + ProcessPool.taskContext().orElse("none"), List.of(1, 2), own.withChunkSize(1)))
                .containsExactly("1own", "2own");
        assertThatThrownBy(() -> pool.submit(() -> 1, own.withProgress(progress -> {})))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("pool of ")
                .hasMessageContaining("a progress listener does not travel to the server");
    }

    private static void many(Manager.Pool pool) throws Exception {
        assertThat(pool.map(n -> n * n, List.of(1, 2, 3, 4))).containsExactly(1, 4, 9, 16);
        assertThatThrownBy(() -> pool.map(n -> 1 / n, List.of(1, 0))).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ArithmeticException.class);
        List<Task<Integer>> tasks = List.of(() -> 1, () -> 2, () -> 3);
        List<Future<Integer>> all = pool.invokeAll(tasks);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).resultNow()).isEqualTo(i + 1);
        }
        assertThat(pool.invokeAny(tasks)).isBetween(1, 3);
        List<Task<Integer>> failing = List.of(() -> Integer.parseInt("x"), () -> Integer.parseInt("y"));
        assertThatThrownBy(() -> pool.invokeAny(failing)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NumberFormatException.class);
        List<Task<Integer>> slow = List.of(() -> {
            Thread.sleep(60_000);
            return 1;
        });
        assertThat(pool.invokeAll(slow, 1, TimeUnit.MILLISECONDS)).singleElement()
                .satisfies(future -> assertThat(future.isCancelled()).isTrue());
        assertThatThrownBy(() -> pool.invokeAny(slow, 1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }
}
