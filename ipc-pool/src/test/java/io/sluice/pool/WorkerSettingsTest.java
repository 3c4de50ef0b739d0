package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Settings of the builder for workers, and their effects.
class WorkerSettingsTest extends PoolTest {
    /// Set in workers only.
    private static volatile String initialized = "never";

    private static void initialize(SharedLong starts) {
        initialized = "in " + ProcessHandle.current().pid();
        var _ = starts.incrementAndGet();
    }

    // The limit of tasks of a worker.

    @Test
    void aWorkerIsReplacedAfterItsTasks() throws Exception {
        try (ProcessPool pool = ProcessPool.builder().workers(1).maxTasksPerWorker(3).build()) {
            var pids = new HashSet<Long>();
            for (int i = 0; i < 10; i++) {
                pids.add(pool.apply(() -> ProcessHandle.current().pid()));
            }
            assertThat(pids).hasSize(4);
        }
    }

    /// Python's pool hangs here: python/cpython#115634. Half as many JVMs are needed as there are tasks.
    @Test
    @Timeout(600)
    void replacementsDoNotStopALongBacklog() throws Exception {
        int tasks = Integer.getInteger("sluice.pool.backlog", 12);
        try (ProcessPool pool = ProcessPool.builder().workers(2).maxTasksPerWorker(2)
                .jvmOptions("-XX:TieredStopAtLevel=1").build()) {
            List<CompletableFuture<Integer>> backlog = IntStream.range(0, tasks)
                    .mapToObj(i -> pool.submit(() -> i)).toList();
            for (int i = 0; i < tasks; i++) {
                assertThat(resultOf(backlog.get(i))).isEqualTo(i);
            }
        }
    }

    /// A worker at its limit still runs its last task; its replacement waits for that.
    @Test
    void replacementsDoNotRunMoreTasksAtOnceThanThereAreWorkers() throws Exception {
        SharedEvent second = space.event("second");
        SharedLong running = space.longValue("running", 0);
        SharedLong most = space.longValue("most", 0);
        try (ProcessPool pool = ProcessPool.builder().workers(1).maxTasksPerWorker(1).build()) {
            List<CompletableFuture<Boolean>> tasks = IntStream.range(0, 2).mapToObj(i -> pool.submit(() -> {
                long now = running.incrementAndGet();
                var _ = most.accumulateAndGet(now, Math::max);
                if (now == 2) {
                    second.set();
                }
                boolean met = second.await(4, TimeUnit.SECONDS);
                var _ = running.decrementAndGet();
                return met;
            })).toList();
            for (var task : tasks) {
                assertThat(resultOf(task)).isFalse();
            }
            assertThat(most.get()).isEqualTo(1);
        }
    }

    // The initializer.

    @Test
    void theInitializerRunsInEachWorkerBeforeItsTasks() throws Exception {
        SharedLong starts = space.longValue("starts", 0);
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.builder().workers(2).initializer(() -> initialize(starts)).build()) {
            var running = occupy(pool, gate);
            assertThat(starts.get()).isEqualTo(2);
            gate.set();
            assertThat(resultOf(running.get(0))).isNotEqualTo(resultOf(running.get(1)));
            for (int i = 0; i < 10; i++) {
                assertThat(pool.apply(() -> initialized.equals("in " + ProcessHandle.current().pid()))).isTrue();
            }
            assertThat(starts.get()).isEqualTo(2);
        }
        assertThat(initialized).isEqualTo("never");
    }

    /// Python starts workers endlessly here, and no task runs.
    @Test
    void anInitializerThatFailsBreaksThePool() throws Exception {
        SharedLong starts = space.longValue("starts", 0);
        try (ProcessPool pool = ProcessPool.builder().workers(2).name("broken").initializer(() -> {
            var _ = starts.incrementAndGet();
            throw new IllegalStateException("no licence");
        }).build()) {
            CompletableFuture<Integer> call;
            CompletableFuture<List<Integer>> map;
            call = pool.submit(() -> 1);
            map = pool.mapAsync((Integer x) -> x, List.of(1, 2));
            for (var future : List.of(call, map)) {
                Throwable failure = failureOf(future);
                assertThat(failure).isInstanceOf(BrokenPoolException.class).hasMessageContaining("no licence");
                assertThat(failure.getCause())
                        .isExactlyInstanceOf(IllegalStateException.class).hasMessage("no licence");
                assertThat(rootOf(failure).getMessage()).contains("broken-worker-", "no licence");
            }
            assertThatThrownBy(() -> pool.submit(() -> 1))
                    .isInstanceOf(BrokenPoolException.class).hasCauseExactlyInstanceOf(IllegalStateException.class);
            assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.toString()).endsWith("broken]");
            assertThat(pool.workers()).isEmpty();
            assertThat(starts.get()).isBetween(1L, 2L);
        }
    }

    /// An interrupt flag left by the initializer does not suppress its message to the pool, of success or of failure.
    @Test
    void anInitializerMayLeaveAnInterruptFlag() throws Exception {
        try (ProcessPool pool = ProcessPool.builder().workers(1)
                .initializer(() -> Thread.currentThread().interrupt()).build()) {
            assertThat(pool.apply(() -> Thread.currentThread().isInterrupted())).isFalse();
        }
        try (ProcessPool pool = ProcessPool.builder().workers(1).initializer(() -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("no licence");
        }).build()) {
            CompletableFuture<Integer> call = pool.submit(() -> 1);
            assertThat(failureOf(call)).isInstanceOf(BrokenPoolException.class).hasMessageContaining("no licence");
        }
    }

    @Test
    void anInitializerThatDoesNotTravelIsRefused() {
        Object socket = new Object();
        assertThatThrownBy(() -> ProcessPool.builder().workers(1).initializer(() -> {
            var _ = socket.hashCode();
        }).build()).isInstanceOf(CodecException.class).hasMessageContaining("socket");
    }

    // JVM options.

    @Test
    void workersHaveTheOptionsOfThePool() throws Exception {
        try (ProcessPool pool = ProcessPool.builder().workers(1).jvmOptions("-Xmx40m", "-Dgreeting=hello").build()) {
            assertThat(pool.apply(() -> System.getProperty("greeting"))).isEqualTo("hello");
            assertThat(pool.apply(() -> Runtime.getRuntime().maxMemory())).isLessThan(48L << 20);
        }
    }

    /// In a process of its own, since JVMs that fail to start print on standard error.
    @Test
    void anUnknownJvmOptionBreaksThePool(@TempDir Path temporary) throws Exception {
        JavaProcess program = JavaProcess.builder(WorkerSettingsTest::useABrokenPool)
                .stdout(Redirect.to(temporary.resolve("out").toFile()))
                .stderr(Redirect.to(temporary.resolve("err").toFile()))
                .start();
        assertThat(exitOf(program)).isEqualTo(new Exit.Returned(0));
        assertThat(temporary.resolve("err")).content().contains("NoSuchOption");
    }

    private static void useABrokenPool() throws InterruptedException {
        try (ProcessPool pool = ProcessPool.builder().workers(1).jvmOptions("-XX:NoSuchOption=1").build()) {
            var call = pool.submit(() -> 1);
            var map = pool.mapAsync((Integer x) -> x, List.of(1, 2));
            for (var future : List.of(call, map)) {
                assertThat(failureOf(future)).isInstanceOf(BrokenPoolException.class)
                        .hasMessageContaining("3 workers in a row ended before they were ready")
                        .hasMessageContaining("exited with code 1")
                        .hasMessageContaining("JVM options");
            }
            assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(BrokenPoolException.class);
            assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    // Cores and waiting.

    @Test
    void aPinnedWorkerHasOneCore() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.builder().workers(2).pinned(true).build()) {
            var _ = occupy(pool, gate);
            gate.set();
            List<List<Integer>> cores = pool.map((Integer x) -> List.copyOf(Cpus.usable()),
                    IntStream.range(0, 20).boxed().toList(), 1);
            assertThat(cores).allMatch(each -> each.size() == 1);
            assertThat(Cpus.usable()).containsAll(cores.stream().flatMap(List::stream).toList());
        }
    }

    @Test
    void everyWaitStrategyWorks() throws Exception {
        for (WaitStrategy strategy : WaitStrategy.values()) {
            try (ProcessPool pool = ProcessPool.builder().workers(1).waitStrategy(strategy).build()) {
                for (int i = 0; i < 100; i++) {
                    assertThat(pool.apply((Integer x) -> x + 1, i)).isEqualTo(i + 1);
                }
                List<Integer> elements = IntStream.range(0, 1000).boxed().toList();
                assertThat(pool.map((Integer x) -> x, elements)).isEqualTo(elements);
                assertThatThrownBy(() -> pool.apply(() -> {
                    throw new IOException("also failures");
                })).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(IOException.class);
            }
        }
    }

    // Snapshots of workers.

    @Test
    void aSnapshotShowsTheWorkers() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.create(2)) {
            var running = occupy(pool, gate);
            assertThat(pool.size()).isEqualTo(2);
            assertThat(pool.workers()).hasSize(2).allMatch(worker -> worker.ready() && worker.tasks() == 1);
            List<Long> pids = pool.workers().stream().map(WorkerInfo::pid).toList();
            gate.set();
            assertThat(List.of(resultOf(running.get(0)), resultOf(running.get(1))))
                    .containsExactlyInAnyOrderElementsOf(pids);
            awaitUntil(() -> pool.workers().stream().mapToLong(WorkerInfo::done).sum() == 2);
            assertThat(pool.workers()).allMatch(worker -> worker.tasks() == 0);
        }
    }

    // Refusals.

    @Test
    void argumentsOutOfRangeAreRefused() {
        ProcessPoolBuilder builder = ProcessPool.builder();
        for (int count : new int[] {0, -1, 201}) {
            assertThatThrownBy(() -> builder.workers(count)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("pool: %d workers is not between 1 and 200", count);
            assertThatThrownBy(() -> ProcessPool.create(count)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("", "1st", "with space", "a/b", "x".repeat(25))) {
            assertThatThrownBy(() -> builder.name(name)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'%s'", name);
        }
        assertThatThrownBy(() -> builder.maxTasksPerWorker(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.backlog(0, WhenFull.BLOCK)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.grace(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.policy(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.initializer(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.waitStrategy(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> ProcessPool.builder().allow("java.util.*").build())
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("name single classes");
        assertThatThrownBy(() -> TaskOptions.defaults().withRetries(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TaskOptions.defaults().withName(null)).isInstanceOf(NullPointerException.class);
    }
}
