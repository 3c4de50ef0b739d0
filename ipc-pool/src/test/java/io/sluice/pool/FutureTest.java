package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The future of a task as a `CompletableFuture`, and its waiters.
class FutureTest extends PoolTest {
    private static ProcessPool pool;

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(2).name("futures").build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    /// A task that is not done until the gate opens.
    private static CompletableFuture<Integer> gated(SharedEvent gate) {
        return pool.submit(() -> {
            gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            return 42;
        });
    }

    @Test
    void dependentStagesRunInAVirtualThread() throws Exception {
        SharedEvent gate = space.event("gate");
        CompletableFuture<Boolean> virtual = gated(gate).thenApply(value -> Thread.currentThread().isVirtual());
        gate.set();
        assertThat(resultOf(virtual)).isTrue();
        CompletableFuture<Integer> sum = pool.submit(() -> 1).thenCombine(pool.submit(() -> 2), Integer::sum)
                .thenCompose(x -> pool.submit(() -> x + 3));
        assertThat(resultOf(sum)).isEqualTo(6);
        List<CompletableFuture<Integer>> many = IntStream.range(0, 100).mapToObj(i -> pool.submit(() -> i)).toList();
        CompletableFuture.allOf(many.toArray(CompletableFuture[]::new)).join();
        assertThat(many).allMatch(CompletableFuture::isDone);
    }

    @Test
    void dependentStagesThatBlockDelayNoResult() throws Exception {
        SharedEvent gate = space.event("gate");
        var end = new CountDownLatch(1);
        var blocked = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            var _ = gated(gate).thenAccept(value -> {
                blocked.countDown();
                try {
                    end.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        gate.set();
        try {
            assertThat(blocked.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.apply(() -> 1)).isEqualTo(1);
            assertThat(pool.map((Integer x) -> x, List.of(1, 2, 3))).containsExactly(1, 2, 3);
        } finally {
            end.countDown();
        }
    }

    @Test
    void aDependentStageMayWaitForAnotherTask() throws Exception {
        CompletableFuture<Integer> chained = pool.submit(() -> 20).thenApply(x -> {
            try {
                return pool.apply(y -> y + 1, x) * 2;
            } catch (Exception failed) {
                throw new CompletionException(failed);
            }
        });
        assertThat(resultOf(chained)).isEqualTo(42);
    }

    @Test
    void orTimeoutEndsTheWaitAndTheTaskGoesOn() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong done = space.longValue("done", 0);
        CompletableFuture<Integer> late = pool.submit(() -> {
            gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            done.set(1);
            return 1;
        });
        awaitUntil(() -> pool.workers().stream().anyMatch(worker -> worker.tasks() > 0));
        var _ = late.orTimeout(2, TimeUnit.SECONDS);
        assertThat(failureOf(late)).isInstanceOf(TimeoutException.class);
        gate.set();
        assertThat(pool.apply(() -> 2)).isEqualTo(2);
        var other = pool.submit(() -> 3).completeOnTimeout(4, 1, TimeUnit.DAYS);
        assertThat(resultOf(other)).isEqualTo(3);
    }

    @Test
    void theFirstCompletionOfAFutureWins() throws Exception {
        SharedEvent gate = space.event("gate");
        CompletableFuture<Integer> impatient;
        CompletableFuture<Integer> failed;
        try (ProcessPool own = ProcessPool.create(1)) {
            List<CompletableFuture<Long>> running = occupy(own, gate);
            impatient = own.submit(() -> 1);
            failed = own.submit(() -> 2);
            assertThat(impatient.complete(7)).isTrue();
            assertThat(impatient.complete(8)).isFalse();
            assertThat(failed.completeExceptionally(new IOException("mine"))).isTrue();
            assertThat(running.getFirst().complete(9L)).isTrue();
            assertThat(impatient.get()).isEqualTo(7);
            assertThat(failureOf(failed)).isInstanceOf(IOException.class).hasMessage("mine");
            gate.set();
            assertThat(own.apply(() -> 3)).isEqualTo(3);
            assertThat(running.getFirst().get()).isEqualTo(9);
        }
        assertThat(impatient.get()).isEqualTo(7);
    }

    /// Python's pool is not usable after that: "We lacked patience and got a multiprocessing.TimeoutError".
    @Test
    void aTimedGetCanBeRepeatedAfterItsTimeOut() throws Exception {
        SharedEvent gate = space.event("gate");
        CompletableFuture<Integer> late = gated(gate);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> late.get(20, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("is not done after 20 milliseconds; it goes on");
        }
        assertThatThrownBy(() -> late.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> late.get(-1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(late).isNotDone();
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
        gate.set();
        assertThat(resultOf(late)).isEqualTo(42);
    }

    @Test
    void joinThrowsUnchecked() {
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        assertThatThrownBy(() -> pool.submit(() -> {
            throw new IOException("of the task");
        }).join()).isInstanceOf(CompletionException.class).hasCauseExactlyInstanceOf(IOException.class);
    }

    @Test
    void theStateOfAFutureIsThatOfItsTask() throws Exception {
        SharedEvent gate = space.event("gate");
        CompletableFuture<Integer> task = gated(gate);
        assertThat(task.state()).isEqualTo(Future.State.RUNNING);
        assertThat(task.getNow(-1)).isEqualTo(-1);
        gate.set();
        var _ = resultOf(task);
        assertThat(task.state()).isEqualTo(Future.State.SUCCESS);
        assertThat(task.resultNow()).isEqualTo(42);
        CompletableFuture<?> failed = pool.submit(() -> {
            throw new IllegalStateException("now");
        });
        var _ = failureOf(failed);
        assertThat(failed.state()).isEqualTo(Future.State.FAILED);
        assertThat(failed.exceptionNow()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterruptEndsTheWaitAndNotTheTask() throws Exception {
        SharedEvent gate = space.event("gate");
        CompletableFuture<Integer> task = gated(gate);
        Thread.currentThread().interrupt();
        assertThatThrownBy(task::get).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        var thrown = new CompletableFuture<Throwable>();
        Thread waiter = Thread.ofPlatform().start(() -> thrown.complete(catchThrowable(task::get)));
        awaitWaiting(waiter);
        waiter.interrupt();
        assertThat(resultOf(thrown)).isInstanceOf(InterruptedException.class);
        assertThat(task).isNotDone();
        gate.set();
        assertThat(resultOf(task)).isEqualTo(42);
    }

    @Test
    void aJoinGoesOnThroughAnInterruptAndKeepsIt() throws Exception {
        SharedEvent gate = space.event("gate");
        CompletableFuture<Integer> task = gated(gate);
        var stayed = new CompletableFuture<Boolean>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            var _ = task.join();
            stayed.complete(Thread.currentThread().isInterrupted());
        });
        awaitWaiting(waiter);
        waiter.interrupt();
        awaitUntil(() -> !waiter.isInterrupted());
        gate.set();
        assertThat(resultOf(stayed)).isTrue();
    }

    @Test
    void virtualThreadsMaySubmitAndWait() throws Exception {
        var sum = new AtomicInteger();
        List<Thread> threads = IntStream.range(0, 200).mapToObj(i -> Thread.ofVirtual().start(() -> {
            try {
                var _ = sum.addAndGet(pool.apply(() -> i) + pool.submit(() -> 1).get());
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        })).toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sum.get()).isEqualTo(199 * 200 / 2 + 200);
    }

    @Test
    void manyThreadsMayWaitForOneTask() throws Exception {
        SharedEvent gate = space.event("gate");
        CompletableFuture<Integer> task = gated(gate);
        List<CompletableFuture<Integer>> got = new ArrayList<>();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            var each = new CompletableFuture<Integer>();
            got.add(each);
            waiters.add(Thread.ofPlatform().start(() -> {
                try {
                    each.complete(task.get());
                } catch (Exception failed) {
                    each.completeExceptionally(failed);
                }
            }));
        }
        waiters.forEach(PoolTest::awaitWaiting);
        gate.set();
        for (var each : got) {
            assertThat(resultOf(each)).isEqualTo(42);
        }
    }
}
