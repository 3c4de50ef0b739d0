package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/// What a submission does when too many calls wait.
class BacklogTest extends PoolTest {
    private static final int ROOM = 3;

    private static ProcessPool pool(WhenFull whenFull) {
        return ProcessPool.builder().workers(1).backlog(ROOM, whenFull).build();
    }

    /// One task runs, one is with the worker, and the others fill the backlog.
    private void fill(ProcessPool pool, SharedEvent gate) throws InterruptedException {
        var _ = occupy(pool, gate);
        var _ = pool.submit(() -> {});
        awaitUntil(() -> pool.workers().getFirst().tasks() == 2);
        for (int i = 0; i < ROOM; i++) {
            var _ = pool.submit(() -> {});
        }
        assertThat(pool.toString()).contains("1 workers, 3 calls waiting, running");
    }

    @Test
    void aFullBacklogMayRejectACall() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong ran = space.longValue("ran", 0);
        try (ProcessPool pool = pool(WhenFull.REJECT)) {
            fill(pool, gate);
            assertThatThrownBy(() -> pool.submit(() -> ran.set(1)))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("its backlog is full, 3 calls wait");
            CompletableFuture<List<Integer>> map = pool.mapAsync((Integer x) -> x, List.of(1, 2, 3, 4, 5));
            gate.set();
            assertThat(resultOf(map)).containsExactly(1, 2, 3, 4, 5);
            awaitUntil(() -> pool.toString().contains(" 0 calls waiting"));
            assertThat(pool.apply(() -> 1)).isEqualTo(1);
        }
        assertThat(ran.get()).isZero();
    }

    @Test
    void aCancelledCallMakesRoom() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = pool(WhenFull.REJECT)) {
            var _ = occupy(pool, gate);
            var _ = pool.submit(() -> {});
            awaitUntil(() -> pool.workers().getFirst().tasks() == 2);
            for (int i = 0; i < 10 * ROOM; i++) {
                CompletableFuture<?> call = pool.submit(() -> {});
                assertThat(call.cancel(false)).isTrue();
                awaitUntil(() -> pool.toString().contains(" 0 calls waiting"));
            }
            gate.set();
        }
    }

    @Test
    void aFullBacklogMayLetTheCallerRunTheTaskItself() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = pool(WhenFull.CALLER_RUNS)) {
            fill(pool, gate);
            CompletableFuture<Long> here = pool.submit(() -> ProcessHandle.current().pid());
            assertThat(here).isCompletedWithValue(ProcessHandle.current().pid());
            assertThat(failureOf(pool.submit(() -> {
                throw new IOException("here");
            }))).isExactlyInstanceOf(IOException.class).hasNoCause();
            String thread = Thread.currentThread().getName();
            assertThat(pool.submit(() -> Thread.currentThread().getName()).get()).isEqualTo(thread);
            var ofTheCallback = new CompletableFuture<Thread>();
            var _ = pool.applyAsync(() -> 1, result -> ofTheCallback.complete(Thread.currentThread()),
                    failure -> ofTheCallback.completeExceptionally(failure));
            gate.set();
            assertThat(resultOf(ofTheCallback).isVirtual()).isTrue();
            awaitUntil(() -> pool.toString().contains(" 0 calls waiting"));
            assertThat(pool.apply(() -> ProcessHandle.current().pid())).isNotEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void aFullBacklogBlocksTheSubmitterByDefault() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = pool(WhenFull.BLOCK)) {
            fill(pool, gate);
            var result = new CompletableFuture<Integer>();
            Thread submitter = Thread.ofPlatform().start(() -> result.complete(pool.submit(() -> 1).join()));
            awaitWaiting(submitter);
            assertThat(pool.toString()).contains(" 3 calls waiting");
            gate.set();
            assertThat(resultOf(result)).isEqualTo(1);
        }
    }

    @Test
    void theEndOfThePoolEndsTheWait() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = pool(WhenFull.BLOCK)) {
            fill(pool, gate);
            var thrown = new CompletableFuture<Throwable>();
            Thread submitter = Thread.ofPlatform().start(
                    () -> thrown.complete(catchThrowable(() -> pool.submit(() -> 1))));
            awaitWaiting(submitter);
            pool.shutdown();
            assertThat(resultOf(thrown))
                    .isInstanceOf(RejectedExecutionException.class).hasMessageContaining("shut down");
            gate.set();
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = pool(WhenFull.BLOCK)) {
            fill(pool, gate);
            var thrown = new CompletableFuture<Throwable>();
            var stayed = new CompletableFuture<Boolean>();
            Thread submitter = Thread.ofPlatform().start(() -> {
                thrown.complete(catchThrowable(() -> pool.submit(() -> 1)));
                stayed.complete(Thread.currentThread().isInterrupted());
            });
            awaitWaiting(submitter);
            submitter.interrupt();
            assertThat(resultOf(thrown)).isInstanceOf(RejectedExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(resultOf(stayed)).isTrue();
            gate.set();
            assertThat(pool.apply(() -> 1)).isEqualTo(1);
        }
    }
}
