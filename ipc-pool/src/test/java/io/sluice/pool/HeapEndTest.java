package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.HeapEnd;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.submission.MustRun;
import io.sluice.pool.submission.Timer;
import io.sluice.pool.task.Task;
import io.sluice.shm.object.KeptObjects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The memory of the pool's JVM ends at each allocation of an operation of its scheduler in turn: a caller gets the
/// error, no future stays without an end, and the scheduler goes on.
@Timeout(600)
class HeapEndTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TIMER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

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
        private AtomicInteger fired;

        public static void main(String[] arguments) throws Exception {
            MustRun.repeat(loaded -> {}, "by the start of the first worker");
            Child child = new Child();
            child.events();
            child.timers();
            System.out.println("all done");
        }

        private void begin() throws Exception {
            answer = null;
            futures.clear();
            jobs.clear();
            admission = new Admission("heap", 100, WhenFull.BLOCK);
            scheduler = new Scheduler("heap", 1, 1, 1, Policy.FIRST_COME, admission,
                    (number, started, refused) -> {});
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
            failsAt(HEAP, name, this::begin, step, check);
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
            failsAtSome(HEAP, "cancel", () -> {
                begin();
                futures.get(1).expiresAfter(Duration.ofHours(1));
            }, () -> futures.get(1).cancel(true), thrown -> {
                assertThat(thrown != null || futures.get(1).isCancelled()).isTrue();
                assertThat(futures.get(0)).isNotDone();
                futures.get(1).cancel(true);
                assertThat(futures.get(1)).isCancelled();
                assertThat(admission.used()).as("its place is free").isEqualTo(JOBS);
                end(JOBS);
            });
            failsAtSome(HEAP, "terminate", this::begin, () -> scheduler.terminate(), thrown -> {
                if (thrown != null) {
                    scheduler.terminate();
                }
                assertThat(futures.get(0)).isCancelled();
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
                assertThat(scheduler.broken() != null).isEqualTo(thrown == null);
                assertThat(futures.get(0).isCompletedExceptionally()).isEqualTo(thrown == null);
                end(JOBS);
            });
        }

        /// A timer that was made does its work, however little memory is left at its time.
        private void timers() throws Exception {
            failsAtSome(HEAP, "timer", () -> fired = new AtomicInteger(), () -> {
                AtomicInteger count = fired;
                var _ = Timer.after(TIMER_NANOS, () -> {
                    answer = new Object();   // it needs memory as well
                    count.incrementAndGet();
                });
                await(() -> count.get() > 0);
            }, thrown -> assertThat(fired.get()).isLessThanOrEqualTo(1));
        }
    }

    /// Runs a step with and without memory.
    ///
    /// @param before brings about what the step needs
    /// @param check what must be so afterwards, also if the step has thrown an error
    private static void failsAt(HeapEnd heap, String name, HeapEnd.Step before, HeapEnd.Step step, HeapEnd.Check check)
            throws Exception {
        fails(name, before, step, check, heap::atEachAllocation);
    }

    /// As [#failsAt], for a step that allocates much.
    static void failsAtSome(HeapEnd heap, String name, HeapEnd.Step before, HeapEnd.Step step, HeapEnd.Check check)
            throws Exception {
        fails(name, before, step, check, heap::atSomeAllocations);
    }

    /// One of the two ways of [HeapEnd].
    private interface Way {
        int run(HeapEnd.Step before, HeapEnd.Step step, HeapEnd.Check check) throws Exception;
    }

    private static void fails(String name, HeapEnd.Step before, HeapEnd.Step step, HeapEnd.Check check, Way way)
            throws Exception {
        before.run();
        step.run();
        check.run(null);
        int failures = way.run(before, step, thrown -> {
            assertThat(thrown == null || thrown instanceof OutOfMemoryError).isTrue();
            check.run(thrown);
        });
        System.out.printf("%s: %d times%n", name, failures);
        assertThat(failures).isPositive();
    }

    /// Waits, without memory for it. What was lost ends the wait after some seconds, with an error.
    static void await(BooleanSupplier done) {
        long start = System.nanoTime();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IllegalStateException("nothing came");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
