package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.HeapEnd;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.task.Task;
import io.sluice.shm.object.KeptObjects;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The memory of the pool's JVM ends at each allocation of an operation of its scheduler in turn: a caller gets the
/// error, no future stays without an end, and the scheduler goes on.
@Timeout(600)
class HeapEndTest {
    @Test
    void anOperationWithoutMemoryIsDoneOrUndone() throws Exception {
        HeapEnd.run(Child.class);
    }

    /// The JVM of the test.
    static final class Child {
        private static final int JOBS = 3;

        private static final HeapEnd HEAP = new HeapEnd();
        private Scheduler scheduler;
        private Admission admission;
        private final List<PoolFuture<Integer>> futures = new ArrayList<>();
        private final List<Job> jobs = new ArrayList<>();
        private Object answer;

        public static void main(String[] arguments) throws Exception {
            new Child().events();
            System.out.println("all done");
        }

        private void begin() throws Exception {
            answer = null;
            futures.clear();
            jobs.clear();
            admission = new Admission("heap", 100, WhenFull.BLOCK);
            scheduler = new Scheduler("heap", 1, 1, 1, Policy.FIRST_COME, admission, null);
            for (int i = 0; i <= JOBS; i++) {
                var future = new PoolFuture<Integer>(
                        scheduler, new ResultReader("heap", scheduler, null, null, () -> {}));
                Task<Integer> task = () -> 1;
                futures.add(future);
                jobs.add(new CallJob<>(TaskOptions.defaults(), "task", task, new byte[0], new KeptObjects(), null, null,
                        future));
                assertThat(admission.enter(0)).isTrue();
                if (i < JOBS) {
                    scheduler.submitted(jobs.get(i));
                }
            }
        }

        private void fails(String name, HeapEnd.Step step, HeapEnd.Check check) throws Exception {
            begin();
            step.run();
            check.run(null);
            int failures = HEAP.atEachAllocation(this::begin, step, thrown -> {
                assertThat(thrown == null || thrown instanceof OutOfMemoryError).isTrue();
                check.run(thrown);
            });
            System.out.printf("%s: %d times%n", name, failures);
            assertThat(failures).isPositive();
        }

        /// Every job that the scheduler has ends, and gives its place in the backlog back.
        private void end(int leftOut) {
            List<Runnable> never = scheduler.shutdownNow();
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).isDone()).as("future %d", i).isEqualTo(i != leftOut);
            }
            assertThat(never.size()).isLessThanOrEqualTo(JOBS + 1);
            assertThat(scheduler.hasWork()).isFalse();
            assertThat(admission.used()).isEqualTo(leftOut < 0 ? 0 : 1);
        }

        private void events() throws Exception {
            fails("submit", () -> scheduler.submitted(jobs.get(JOBS)), thrown -> end(thrown == null ? -1 : JOBS));
            fails("cancel", () -> futures.get(1).cancel(false), thrown -> {
                assertThat(thrown != null || futures.get(1).isCancelled()).isTrue();
                assertThat(futures.get(0)).isNotDone();
                futures.get(1).cancel(false);
                assertThat(futures.get(1)).isCancelled();
                end(JOBS);
            });
            fails("shutdownNow", () -> answer = scheduler.shutdownNow(), thrown -> {
                if (thrown == null) {
                    assertThat((List<?>) answer).hasSize(JOBS);
                } else {
                    assertThat(scheduler.shutdownNow()).hasSize(JOBS);
                }
                end(JOBS);
            });
            fails("snapshot", () -> answer = scheduler.snapshot(), thrown -> {
                assertThat(thrown != null || answer != null).isTrue();
                end(JOBS);
            });
            fails("hasWork", () -> answer = scheduler.hasWork(), thrown -> {
                assertThat(thrown != null || (boolean) answer).isTrue();
                end(JOBS);
            });
            fails("broken", () -> scheduler.unreadable(new IllegalStateException("x")), thrown -> {
                if (thrown == null && scheduler.broken() != null) {
                    assertThat(futures.get(0)).isCompletedExceptionally();
                }
                end(JOBS);
            });
        }
    }
}
