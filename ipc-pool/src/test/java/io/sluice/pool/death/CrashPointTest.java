package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Share;
import io.sluice.core.crash.CrashPoint;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.process.Exit;
import io.sluice.pool.task.Task;
import io.sluice.shm.array.SharedLongArray;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Workers die repeatedly at one named step, and each task completes exactly once: with its value, or with the death of
/// its worker if that had begun the task and had not sent its result.
@Timeout(300)
class CrashPointTest {
    private static final int TASKS = 55;
    /// Hits of the step in each worker, the last one fatal: three deaths in a test.
    private static final int NTH = 14;

    /// The outcome of the task at which a worker dies.
    enum Fate {
        /// It was not begun, and runs in another worker.
        MOVES_ON,
        /// It was begun, and has not run.
        FAILS_BEFORE_IT_RAN,
        /// It has run, and its result is lost.
        FAILS_AFTER_IT_RAN,
        /// Its result was sent.
        SUCCEEDS
    }

    @ParameterizedTest
    @Share
    @CsvSource({
        "POOL_TASK_TAKEN, MOVES_ON, 0, 0",
        "POOL_TASK_BEGUN, FAILS_BEFORE_IT_RAN, 0, 0",
        "POOL_TASK_RUN, FAILS_AFTER_IT_RAN, 0, 0",
        "POOL_RESULT_SENT, SUCCEEDS, 0, 0",
        "TAKE_HELD, MOVES_ON, 0, 0",
        "RELEASE_WORD_SET, MOVES_ON, 0, 0",
        "CLAIM_WORD_SET, FAILS_AFTER_IT_RAN, 0, 0",
        "CLAIM_HELD, FAILS_AFTER_IT_RAN, 0, 0",
        "COMMIT_WORD_SET, SUCCEEDS, 0, 0",
        "LARGE_RELEASED, MOVES_ON, 262144, 0",
        "LARGE_CLAIMED, FAILS_AFTER_IT_RAN, 0, 262144",
        "LARGE_WRITTEN, FAILS_AFTER_IT_RAN, 0, 262144",
        "POOL_RESULT_SENT, SUCCEEDS, 262144, 262144"})
    void workersThatDieRepeatedlyAtAStepLoseOnlyTheTasksThatTheyRan(
            CrashPoint point, Fate fate, int argumentBytes, int resultBytes) {
        try (Stage stage = new Stage()) {
            SharedLongArray cells = stage.cells();
            ProcessPool pool = stage.with(stage.builder(2)
                    .jvmOptions("-Dsluice.crash.at=" + point, "-Dsluice.crash.nth=" + NTH).build());
            List<CompletableFuture<Result>> futures = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                futures.add(pool.submit(new Load(cells, i, new byte[argumentBytes], resultBytes)));
            }
            Set<Long> pids = new HashSet<>();
            int failed = 0;
            for (int i = 0; i < TASKS; i++) {
                WorkerDiedException death = deathOrNull(futures.get(i));
                if (death == null) {
                    Result result = Deaths.get(futures.get(i));
                    assertThat(result.number()).isEqualTo(i);
                    assertThat(result.payload()).hasSize(resultBytes);
                    assertThat(cells.getVolatile(i)).as("runs of task %d", i).isEqualTo(1);
                    pids.add(result.pid());
                } else {
                    failed++;
                    assertThat(death.exit()).isEqualTo(new Exit.Killed(Deaths.SIGKILL));
                    assertThat(cells.getVolatile(i)).as("runs of task %d", i)
                            .isEqualTo(fate == Fate.FAILS_AFTER_IT_RAN ? 1 : 0);
                    pids.add(death.pid());
                }
            }
            assertThat(pids).as("dead workers and their replacements").hasSizeGreaterThan(3);
            if (fate == Fate.MOVES_ON || fate == Fate.SUCCEEDS) {
                assertThat(failed).isZero();
            } else {
                assertThat(failed).isBetween(2, TASKS / (NTH - 2));
            }
        }
    }

    private static WorkerDiedException deathOrNull(CompletableFuture<?> future) {
        Deaths.await("a future", future::isDone);
        return future.state() == Future.State.SUCCESS ? null : Deaths.death(future);
    }

    /// Counts its runs in a cell of its own.
    @SuppressWarnings("ArrayRecordComponent") // no code compares them
    private record Load(SharedLongArray cells, int number, byte[] argument, int resultBytes)
            implements Task<Result> {
        @Override
        public Result call() {
            cells.addAndGet(number, 1);
            return new Result(number, ProcessHandle.current().pid(), new byte[resultBytes]);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // no code compares them
    private record Result(int number, long pid, byte[] payload) implements Serializable {}

    /// The points of the pool that have a test, here or in the test of its parent's death.
    @Test
    void everyStepOfThePoolHasADeathTest() throws ReflectiveOperationException {
        Set<CrashPoint> covered = EnumSet.noneOf(CrashPoint.class);
        for (Class<?> type : List.of(CrashPointTest.class, ParentDeathTest.class)) {
            for (Method method : type.getDeclaredMethods()) {
                CsvSource source = method.getAnnotation(CsvSource.class);
                String text = source == null ? "" : String.join("\n", source.value());
                for (CrashPoint point : CrashPoint.values()) {
                    if (Pattern.compile("\\b" + point.name() + "\\b").matcher(text).find()) {
                        covered.add(point);
                    }
                }
            }
        }
        Set<CrashPoint> ofThePool = EnumSet.allOf(CrashPoint.class);
        ofThePool.removeIf(point -> !point.name().startsWith("POOL_"));
        assertThat(covered).containsAll(ofThePool);
    }
}
