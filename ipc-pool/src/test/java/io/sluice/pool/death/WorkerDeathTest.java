package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.pool.BrokenPoolException;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.Results;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.WorkerInfo;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.ProcessContext;
import io.sluice.shm.array.SharedLongArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// For every cause of a worker's death, exactly the task that it ran fails, with the exit and the pid; tasks queued
/// behind it move to other workers, other tasks are not affected, and a new worker starts.
@Timeout(300)
class WorkerDeathTest {
    private static final int STARTED = 0;
    private static final int GO = 1;
    private static final int BYSTANDER_STARTED = 2;
    private static final int BYSTANDER_GO = 3;
    private static final int RUNS = 4;
    private static final int EXIT_CODE = 5;
    private static final int HALT_CODE = 200;    // above 128, but no signal
    private static final int OUT_OF_MEMORY_CODE = 3;
    private static final int CRASH_CODE = 1;     // of a JVM that crashes without a core; with a core it is SIGABRT

    private final Stage stage = new Stage();

    @AfterEach
    void leaveNothing() {
        stage.close();
    }

    /// What a task does to its worker.
    @SuppressWarnings("ImmutableEnumChecker") // an exit is a record
    enum Manner {
        KILLED(new Exit.Killed(Deaths.SIGKILL)),
        ABORTED(new Exit.Killed(Deaths.SIGABRT)),
        SEGMENTATION_FAULT_SENT(new Exit.Returned(CRASH_CODE)),
        NATIVE_CRASH(new Exit.Returned(CRASH_CODE)),
        EXITED(new Exit.Returned(EXIT_CODE)),
        EXITED_WITHOUT_COMPLAINT(new Exit.Returned(0)),
        HALTED(new Exit.Returned(HALT_CODE)),
        OUT_OF_MEMORY_BY_HAND(new Exit.Returned(OUT_OF_MEMORY_CODE));

        private final Exit exit;

        Manner(Exit exit) {
            this.exit = exit;
        }

        @SuppressWarnings({"restricted", "SystemExitOutsideMain"}) // a task may do that
        void die() {
            switch (this) {
                case KILLED -> Deaths.die(Deaths.SIGKILL);
                case ABORTED -> Deaths.die(Deaths.SIGABRT);
                case SEGMENTATION_FAULT_SENT -> Deaths.die(Deaths.SIGSEGV);
                case NATIVE_CRASH -> MemorySegment.ofAddress(0).reinterpret(8).set(ValueLayout.JAVA_LONG, 0, 1);
                case EXITED -> System.exit(EXIT_CODE);
                case EXITED_WITHOUT_COMPLAINT -> System.exit(0);
                case HALTED -> Runtime.getRuntime().halt(HALT_CODE);
                case OUT_OF_MEMORY_BY_HAND -> throw new OutOfMemoryError("by hand");
            }
        }
    }

    private static String startAndWait(SharedLongArray cells, int started, int go) {
        cells.setVolatile(started, ProcessHandle.current().pid());
        Deaths.await(cells, go, 1);
        return "done";
    }

    /// The pid of the worker that announces itself in a cell.
    private long pidAt(int cell) {
        Deaths.await("a task to start", () -> stage.cells().getVolatile(cell) != 0);
        return stage.cells().getVolatile(cell);
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void onlyTheBegunTaskFailsWithTheExitOfItsWorker(Manner manner) {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(2);
        Deaths.awaitReady(pool);
        var bystander = pool.submit(() -> startAndWait(cells, BYSTANDER_STARTED, BYSTANDER_GO));
        final long bystanderPid = pidAt(BYSTANDER_STARTED);
        var victim = pool.submit(() -> {
            var _ = startAndWait(cells, STARTED, GO);
            manner.die();
            return "survived";
        }, TaskOptions.defaults().withName("the victim"));
        final long victimPid = pidAt(STARTED);
        List<CompletableFuture<Integer>> queued = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            queued.add(pool.submit(() -> number));
        }
        Deaths.await("tasks to queue behind the running ones",
                () -> pool.workers().stream().allMatch(worker -> worker.tasks() >= 2));
        cells.setVolatile(GO, 1);

        WorkerDiedException death = Deaths.death(victim);
        assertThat(death.pid()).isEqualTo(victimPid);
        assertThat(death.exit()).isEqualTo(manner.exit);
        assertThat(death.task()).isEqualTo("the victim");
        assertThat(death).hasMessage(
                "worker %d %s%s while it ran task 'the victim'; the pool goes on with another worker",
                victimPid, manner.exit, manner == Manner.OUT_OF_MEMORY_BY_HAND
                        ? " (also that of a worker out of memory; see its standard output, and jvmOptions(\"-Xmx...\"))"
                        : "");

        assertThat(bystander).isNotDone();
        cells.setVolatile(BYSTANDER_GO, 1);
        assertThat(Deaths.get(bystander)).isEqualTo("done");
        assertThat(queued.stream().map(Deaths::get)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(Deaths.awaitReady(pool)).extracting(WorkerInfo::pid)
                .hasSize(2).contains(bystanderPid).doesNotContain(victimPid);
    }

    @Test
    void aTaskThatFillsTheHeapEndsItsWorkerAndTheExceptionNamesTheWayOut() {
        ProcessPool pool = stage.with(stage.builder(1).jvmOptions("-Xmx32m").build());
        var greedy = pool.submit(() -> {
            List<byte[]> all = new ArrayList<>();
            while (all.size() < 1 << 20) {
                all.add(new byte[1 << 20]);
            }
            return all.size();
        });
        WorkerDiedException death = Deaths.death(greedy);
        assertThat(death.exit()).isEqualTo(new Exit.Returned(OUT_OF_MEMORY_CODE));
        assertThat(death).hasMessageContaining("out of memory").hasMessageContaining("jvmOptions(\"-Xmx...\")");
        assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
    }

    @Test
    void aStackOverflowFailsItsTaskAndTheWorkerGoesOn() {
        ProcessPool pool = stage.pool(1);
        long before = Deaths.get(pool.submit(() -> ProcessHandle.current().pid()));
        var deep = pool.submit(() -> depth(0));
        assertThat(Deaths.failure(deep)).isInstanceOf(StackOverflowError.class);
        assertThat(Deaths.get(pool.submit(() -> ProcessHandle.current().pid()))).isEqualTo(before);
    }

    @SuppressWarnings("InfiniteRecursion")
    private static long depth(long above) {
        return depth(above + 1) + 1;
    }

    /// Three seconds are longer than any interval between the pool's checks for deaths.
    @Test
    void aStoppedWorkerIsNotDeadAndItsResultArrivesWhenItGoesOn() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(1);
        var task = pool.submit(() -> startAndWait(cells, STARTED, GO));
        long pid = pidAt(STARTED);
        Deaths.signal(pid, Deaths.SIGSTOP);
        try {
            cells.setVolatile(GO, 1);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            assertThat(task).isNotDone();
            assertThat(pool.workers()).extracting(WorkerInfo::pid).containsExactly(pid);
        } finally {
            Deaths.signal(pid, Deaths.SIGCONT);
        }
        assertThat(Deaths.get(task)).isEqualTo("done");
        assertThat(Deaths.get(pool.submit(() -> ProcessHandle.current().pid()))).isEqualTo(pid);
    }

    private static long dieOfTheFirst(SharedLongArray cells, long deaths) {
        long run = cells.addAndGet(RUNS, 1);
        if (run <= deaths) {
            Deaths.die(Deaths.SIGKILL);
        }
        return run;
    }

    @Test
    void anIdempotentTaskIsBegunAgainUntilItSucceeds() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(1);
        var task = pool.submit(() -> dieOfTheFirst(cells, 2), TaskOptions.defaults().withRetries(2));
        assertThat(Deaths.get(task)).isEqualTo(3);
    }

    @Test
    void anIdempotentTaskThatKillsEachOfItsWorkersFailsAtItsLastAttempt() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(1);
        var task = pool.submit(() -> dieOfTheFirst(cells, 100),
                TaskOptions.defaults().withRetries(1).withName("stubborn"));
        assertThat(Deaths.death(task)).hasMessageContaining("was killed by SIGKILL while it ran task 'stubborn', its"
                + " attempt 2; the pool goes on with another worker");
        assertThat(cells.getVolatile(RUNS)).isEqualTo(2);
        assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
    }

    @Test
    void aTaskThatIsNotIdempotentIsNeverBegunAgain() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(1);
        var _ = Deaths.death(pool.submit(() -> dieOfTheFirst(cells, 1)));
        assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
        assertThat(cells.getVolatile(RUNS)).isEqualTo(1);
    }

    @Test
    void anIdleWorkerThatDiesIsReplacedAndNoTaskFails() {
        ProcessPool pool = stage.pool(1);
        long pid = Deaths.awaitReady(pool).getFirst().pid();
        Deaths.kill(pid);
        Deaths.await("the death", () -> Deaths.isGone(pid));
        Deaths.await("its replacement", () -> Deaths.ready(pool).stream().anyMatch(worker -> worker.pid() != pid));
        assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
    }

    @Test
    void theDeathOfAllWorkersAtOnceFailsOnlyTheirRunningTasks() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(3);
        Deaths.awaitReady(pool);
        List<CompletableFuture<String>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int started = 10 + i;
            running.add(pool.submit(() -> startAndWait(cells, started, GO)));
            var _ = pidAt(started);
        }
        List<CompletableFuture<Integer>> queued = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int number = i;
            queued.add(pool.submit(() -> number));
        }
        List<Long> pids = pool.workers().stream().map(WorkerInfo::pid).toList();
        pids.forEach(Deaths::kill);
        assertThat(running.stream().map(future -> Deaths.death(future).pid()))
                .containsExactlyInAnyOrderElementsOf(pids);
        assertThat(queued.stream().map(Deaths::get)).containsExactlyElementsOf(IntStream.range(0, 30).boxed().toList());
    }

    @Test
    void oneDeathInTheInitializerFailsNoTask() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.with(stage.builder(1).initializer(() -> {
            var _ = dieOfTheFirst(cells, 1);
        }).build());
        assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
        assertThat(cells.getVolatile(RUNS)).isEqualTo(2);
    }

    @Test
    void anInitializerThatKillsEveryWorkerBreaksThePool() {
        ProcessPool pool = stage.with(stage.builder(1).initializer(() -> Deaths.die(Deaths.SIGABRT)).build());
        var task = pool.submit(() -> "never");
        assertThat(Deaths.failure(task)).isInstanceOf(BrokenPoolException.class)
                .hasMessageContaining("3 workers in a row ended before they were ready,")
                .hasMessageContaining("the last one was killed by SIGABRT");
        assertThatThrownBy(() -> pool.submit(() -> "never")).isInstanceOf(BrokenPoolException.class);
    }

    /// They may be killed by a person, by a service manager, or by the kernel out of memory: that may end, and the pool
    /// keeps its tasks until then.
    @Test
    void workersThatAreKilledBeforeTheyAreReadyAreStartedAgain() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.with(stage.builder(1).initializer(() -> {
            cells.setVolatile(STARTED, ProcessHandle.current().pid());
            Deaths.await(cells, GO, 1);
        }).build());
        var task = pool.submit(() -> "served");
        for (int i = 0; i < 4; i++) {        // by SIGKILL: a JVM that nohup has started ignores SIGHUP
            long pid = pidAt(STARTED);
            cells.setVolatile(STARTED, 0);
            Deaths.kill(pid);
        }
        var _ = pidAt(STARTED);
        cells.setVolatile(GO, 1);
        assertThat(Deaths.get(task)).isEqualTo("served");
    }

    /// A service manager may send it to all processes; the pool decides when a worker ends. Processes that a task
    /// starts can still be ended by it.
    @Test
    void aWorkerIgnoresSigterm() {
        ProcessPool pool = stage.pool(1);
        long pid = Deaths.get(pool.submit(() -> {
            Deaths.signal(ProcessHandle.current().pid(), Deaths.SIGTERM);
            Process sleeper = new ProcessBuilder("sleep", "600").start();
            sleeper.destroy();
            assertThat(sleeper.waitFor()).isEqualTo(128 + Deaths.SIGTERM);
            return ProcessHandle.current().pid();
        }));
        assertThat(Deaths.get(pool.submit(() -> ProcessHandle.current().pid()))).isEqualTo(pid);
    }

    /// The same holds for JVMs of a stock.
    @Test
    void standbysThatAreKilledAreReplaced() {
        try (ProcessContext context = ProcessContext.standby(2)) {
            ProcessPool pool = stage.with(ProcessPool.builder().workers(1).name(stage.name()).context(context).build());
            for (int i = 0; i < 3; i++) {
                assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
                Deaths.standbys(pool).forEach(Deaths::kill);
                pool.workers().stream().map(WorkerInfo::pid).forEach(Deaths::kill);
            }
            assertThat(Deaths.get(pool.submit(() -> "served", TaskOptions.defaults().withRetries(9))))
                    .isEqualTo("served");
            pool.close();
        }
    }

    @Test
    void aDeathInAMapFailsThatMapOnly() throws Exception {
        ProcessPool pool = stage.pool(2);
        List<Integer> numbers = IntStream.range(0, 200).boxed().toList();
        var doomed = pool.mapAsync(number -> {
            if (number == 77) {
                Deaths.die(Deaths.SIGKILL);
            }
            return number;
        }, numbers, TaskOptions.defaults().withChunkSize(10).withName("doomed"));
        var other = pool.mapAsync(number -> number + 1, numbers, TaskOptions.defaults().withChunkSize(10));
        assertThat(Deaths.death(doomed).task()).isEqualTo("doomed");
        assertThat(Deaths.get(other)).hasSize(200).startsWith(1, 2).endsWith(200);
        assertThat(pool.map(number -> number, numbers)).isEqualTo(numbers);
    }

    @Test
    void aDeathInAnImapFailsTheElementsOfItsChunkOnly() {
        ProcessPool pool = stage.pool(2);
        List<Integer> numbers = IntStream.range(0, 20).boxed().toList();
        List<Integer> failed = new ArrayList<>();
        try (Results<Integer> results = pool.imap(number -> {
            if (number == 5) {
                Deaths.die(Deaths.SIGKILL);
            }
            return number;
        }, numbers, TaskOptions.defaults().withChunkSize(2), 20)) {
            for (int expected = 0; results.hasNext(); expected++) {
                try {
                    assertThat(results.next()).isEqualTo(expected);
                } catch (CompletionException failure) {
                    assertThat(failure).hasCauseInstanceOf(WorkerDiedException.class);
                    failed.add(expected);
                }
            }
        }
        assertThat(failed).containsExactly(4, 5);
    }

    /// Every fifth task kills its worker, whether it is the last one of the worker or not.
    @Test
    void deathsAndALimitOfTasksPerWorkerWorkTogether() {
        ProcessPool pool = stage.with(stage.builder(2).maxTasksPerWorker(3).build());
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            boolean deadly = i % 5 == 4;
            futures.add(pool.submit(() -> {
                if (deadly) {
                    Deaths.die(Deaths.SIGKILL);
                }
                return ProcessHandle.current().pid();
            }));
        }
        Map<Long, Integer> tasks = new HashMap<>();
        for (int i = 0; i < 15; i++) {
            long pid = i % 5 == 4 ? Deaths.death(futures.get(i)).pid() : Deaths.get(futures.get(i));
            tasks.merge(pid, 1, Integer::sum);
        }
        assertThat(tasks.values()).allMatch(count -> count <= 3);
    }

    @Test
    void anApplyWhoseWorkerDiesReportsIt() {
        ProcessPool pool = stage.pool(1);
        assertThatThrownBy(() -> pool.apply(() -> {
            Deaths.die(Deaths.SIGKILL);
            return null;
        })).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(WorkerDiedException.class);
    }

    /// Ctrl-C signals every process of the terminal; the parent decides whether the pool ends.
    @Test
    void workersDoNotDieOfCtrlC() {
        ProcessPool pool = stage.pool(2);
        List<Long> workers = Deaths.awaitReady(pool).stream().map(WorkerInfo::pid).toList();
        for (long worker : workers) {
            Deaths.signal(worker, Deaths.SIGINT);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(Deaths.get(pool.submit(() -> ProcessHandle.current().pid()))).isIn(workers);
        }
    }
}
