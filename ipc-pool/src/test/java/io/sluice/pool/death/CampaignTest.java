package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.Results;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.WorkerInfo;
import io.sluice.shm.array.SharedLongArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Workers are killed one after the other, at random instants and at named steps, while calls, maps and streams with
/// small and large payloads run. Every future completes, no task runs more often than allowed, and every failure is
/// the death of a worker.
@Tag(Campaign.TAG)
class CampaignTest {
    private static final int WORKERS = 4;
    private static final int CELLS = 4_000_000;
    private static final int UNDER_WAY = 16;
    private static final int MAPPED = 64;
    private static final int LARGE_BYTES = 300_000;
    private static final int LARGE_EVERY = 16;
    private static final int RETRIES = 2;
    private static final int ARMED_EVERY = 5;
    /// Leaves cores to the starting JVMs.
    private static final long PACE_NANOS = TimeUnit.MICROSECONDS.toNanos(300);
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final List<CrashPoint> POINTS = List.of(
            CrashPoint.POOL_TASK_TAKEN, CrashPoint.POOL_TASK_BEGUN, CrashPoint.POOL_TASK_RUN,
            CrashPoint.POOL_RESULT_SENT, CrashPoint.CLAIM_WORD_SET, CrashPoint.CLAIM_HELD, CrashPoint.COMMIT_WORD_SET,
            CrashPoint.TAKE_HELD, CrashPoint.RELEASE_WORD_SET);

    private final AtomicInteger nextCell = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong died = new AtomicLong();

    @Test
    void killsNeitherLoseNorDuplicateTasks() {
        Campaign campaign = Campaign.begin("sluice.pool.kills", 6, 300);
        try (Stage stage = new Stage(CELLS)) {
            ProcessPool pool = stage.pool(WORKERS);
            List<CompletableFuture<Void>> loads = List.of(
                    start(() -> calls(pool, stage.cells(), 0)),
                    start(() -> calls(pool, stage.cells(), RETRIES)),
                    start(() -> maps(pool, stage.cells())),
                    start(() -> streams(pool, stage.cells())));
            int killed;
            try {
                killed = kill(campaign, pool, loads);
            } finally {
                over.set(true);
            }
            loads.forEach(Deaths::get);
            assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
            assertThat(succeeded.get()).isGreaterThan(killed);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("-Dsluice.test.seed=%d; %d succeeded, %d died".formatted(
                    campaign.seed(), succeeded.get(), died.get()), failure);
        }
    }

    private static CompletableFuture<Void> start(Runnable load) {
        return CompletableFuture.runAsync(load, action -> Thread.ofPlatform().daemon().start(action));
    }

    // Kills.

    private static int kill(Campaign campaign, ProcessPool pool, List<CompletableFuture<Void>> loads) {
        Random random = campaign.random();
        Set<Long> victims = new HashSet<>();
        while (campaign.goesOn(victims.size())) {
            Deaths.await("a worker to kill", () -> !candidates(pool, victims).isEmpty());
            loads.stream().filter(CompletableFuture::isDone).forEach(Deaths::get);   // reports a failure
            if (victims.size() % ARMED_EVERY == 0) {
                long victim = arm(pool, POINTS.get(random.nextInt(POINTS.size())));
                Deaths.await("worker %d to reach its step".formatted(victim), () -> Deaths.isGone(victim));
                victims.add(victim);
            } else {
                LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));   // the random instant
                List<Long> candidates = candidates(pool, victims);
                if (!candidates.isEmpty()) {
                    long victim = candidates.get(random.nextInt(candidates.size()));
                    Deaths.kill(victim);
                    victims.add(victim);
                }
            }
        }
        return victims.size();
    }

    private static List<Long> candidates(ProcessPool pool, Set<Long> victims) {
        return Deaths.ready(pool).stream().map(WorkerInfo::pid).filter(pid -> !victims.contains(pid)).toList();
    }

    /// Makes a worker die when it next reaches a step.
    ///
    /// @return its pid
    private static long arm(ProcessPool pool, CrashPoint at) {
        var armed = pool.submit(() -> {
            CrashHook.script(point -> {
                if (point == at) {
                    Deaths.die(Deaths.SIGKILL);
                }
            });
            return ProcessHandle.current().pid();
        });
        Deaths.await("a worker to be armed", armed::isDone);
        return armed.isCompletedExceptionally() ? Deaths.death(armed).pid() : Deaths.get(armed);
    }

    // Work.

    private static int run(SharedLongArray cells, int cell) {
        cells.addAndGet(cell, 1);
        return cell;
    }

    private static byte[] payload(int number) {
        return new byte[number % LARGE_EVERY == 0 ? LARGE_BYTES : number % LARGE_EVERY];
    }

    private record Call(int cell, CompletableFuture<byte[]> future, AtomicInteger completions) {}

    private void calls(ProcessPool pool, SharedLongArray cells, int retries) {
        List<Call> underWay = new ArrayList<>();
        while (!over.get() || !underWay.isEmpty()) {
            while (!over.get() && underWay.size() < UNDER_WAY) {
                underWay.add(call(pool, cells, retries));
            }
            check(underWay.removeFirst(), cells, retries);
        }
    }

    private Call call(ProcessPool pool, SharedLongArray cells, int retries) {
        LockSupport.parkNanos(PACE_NANOS);
        int cell = nextCell.getAndIncrement();
        byte[] payload = payload(cell);
        var future = pool.submit(() -> {
            var _ = run(cells, cell);
            return payload;
        }, TaskOptions.defaults().withRetries(retries));
        AtomicInteger completions = new AtomicInteger();
        var _ = future.whenComplete((value, failure) -> completions.incrementAndGet());
        return new Call(cell, future, completions);
    }

    private void check(Call call, SharedLongArray cells, int retries) {
        Deaths.await("call %d".formatted(call.cell()), () -> call.completions().get() > 0);
        long runs = cells.getVolatile(call.cell());
        if (call.future().isCompletedExceptionally()) {
            var _ = Deaths.death(call.future());
            died.incrementAndGet();
            assertThat(runs).isLessThanOrEqualTo(1L + retries);
        } else {
            assertThat(Deaths.get(call.future())).hasSize(payload(call.cell()).length);
            succeeded.incrementAndGet();
            assertThat(runs).isBetween(1L, 1L + retries);
        }
        assertThat(call.completions()).hasValue(1);
    }

    private List<Integer> someCells() {
        int first = nextCell.getAndAdd(MAPPED);
        return IntStream.range(first, first + MAPPED).boxed().toList();
    }

    private void maps(ProcessPool pool, SharedLongArray cells) {
        while (!over.get()) {
            List<Integer> mine = someCells();
            LockSupport.parkNanos(PACE_NANOS);
            var map = pool.mapAsync(cell -> run(cells, cell), mine, TaskOptions.defaults().withChunkSize(8));
            Deaths.await("a map", map::isDone);
            if (map.isCompletedExceptionally()) {
                var _ = Deaths.death(map);
                died.incrementAndGet();
            } else {
                assertThat(Deaths.get(map)).isEqualTo(mine);
                succeeded.incrementAndGet();
                assertThat(mine).allMatch(cell -> cells.getVolatile(cell) == 1);
            }
            assertThat(mine).allMatch(cell -> cells.getVolatile(cell) <= 1);
        }
    }

    private void streams(ProcessPool pool, SharedLongArray cells) {
        while (!over.get()) {
            List<Integer> mine = someCells();
            int received = 0;
            try (Results<byte[]> results = pool.imap(
                    cell -> payload(run(cells, cell)), mine, TaskOptions.defaults().withChunkSize(2), UNDER_WAY)) {
                for (; results.hasNext(); received++) {
                    take(results, mine.get(received), cells);
                }
            }
            assertThat(received).isEqualTo(MAPPED);
        }
    }

    private void take(Results<byte[]> results, int cell, SharedLongArray cells) {
        LockSupport.parkNanos(PACE_NANOS);
        try {
            assertThat(results.next()).hasSize(payload(cell).length);
            succeeded.incrementAndGet();
            assertThat(cells.getVolatile(cell)).isEqualTo(1);
        } catch (CompletionException failure) {
            assertThat(failure).hasCauseInstanceOf(WorkerDiedException.class);
            died.incrementAndGet();
            assertThat(cells.getVolatile(cell)).isLessThanOrEqualTo(1);
        }
    }
}
