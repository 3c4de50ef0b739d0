package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Completions by users: one that throws has changed nothing, and one of any kind withdraws the task.
class FailedCompletionTest extends PoolTest {
    @Test
    void anExceptionOfNullIsRefusedAndTheTaskGoesOn() throws Exception {
        try (ProcessPool pool = ProcessPool.create(1)) {
            var gate = space.event("gate");
            var running = occupy(pool, gate);
            CompletableFuture<Integer> waits = pool.submit(() -> 42);
            assertThatNullPointerException().isThrownBy(() -> waits.completeExceptionally(null));
            assertThatNullPointerException().isThrownBy(() -> waits.completeAsync(null));
            assertThatNullPointerException().isThrownBy(() -> waits.obtrudeException(null));
            gate.set();
            assertThat(resultOf(waits)).isEqualTo(42);
            assertThat(running).hasSize(1);
        }
    }

    /// The pool ends although a task that never ends is before them.
    @Test
    void everyWayToCompleteWithdrawsTheTask() throws Exception {
        var ran = space.longValue("ran", 0);
        var gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.create(1)) {
            var running = occupy(pool, gate);
            CompletableFuture<Long> supplied = pool.submit(ran::incrementAndGet);
            CompletableFuture<Long> obtruded = pool.submit(ran::incrementAndGet);
            CompletableFuture<Long> failed = pool.submit(ran::incrementAndGet);
            CompletableFuture<Long> timed = pool.submit(ran::incrementAndGet);
            assertThat(resultOf(supplied.completeAsync(() -> -5L))).isEqualTo(-5L);
            obtruded.obtrudeValue(-6L);
            failed.obtrudeException(new IllegalStateException("x"));
            assertThat(resultOf(timed.completeOnTimeout(-7L, 1, TimeUnit.MILLISECONDS))).isEqualTo(-7L);
            assertThat(obtruded).isCompletedWithValue(-6L);
            assertThat(failed).isCompletedExceptionally();
            gate.set();
            assertThat(running).hasSize(1);
        }
        assertThat(ran.get()).isZero();
    }

    /// The future is done before the submission returns; the callback counts as work all the same.
    @Test
    void aCallbackOfNoTaskKeepsTheJvmAlive() throws Exception {
        var inside = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        try (ProcessPool pool = ProcessPool.builder().workers(1).name("kept").build()) {
            var _ = pool.mapAsync((Integer x) -> x, List.of(), none -> {
                inside.countDown();
                try {
                    end.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }, failure -> {});
            inside.await();
            assertThat(Thread.getAllStackTraces().keySet())
                    .anyMatch(thread -> thread.getName().equals("kept-keeper") && !thread.isDaemon());
            end.countDown();
        }
    }
}
