package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.WorkerInfo;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessContext;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Workers in every state, JVMs of a stock, and processes that have a pool are killed from outside, one after the
/// other, at random instants, while a pool with a stock works. The pool never breaks: every call succeeds or fails by
/// the death of its worker, and afterwards it serves as before. The next pool removes what dead parents left.
@Tag(Campaign.TAG)
@Timeout(value = 2, unit = TimeUnit.HOURS)
class KillCampaignTest {
    private static final int WORKERS = 2;
    private static final int UNDER_WAY = 8;
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong succeeded = new AtomicLong();

    private enum Victim { WORKER, STANDBY, PARENT }

    @Test
    void aPoolSurvivesKillsOfWorkersStandbysAndParents() throws InterruptedException {
        Campaign campaign = Campaign.begin("sluice.pool.outside.kills", 4, 500);
        Random random = campaign.random();
        try (Stage stage = new Stage(); Parents parents = new Parents(1);
                ProcessContext stock = ProcessContext.standby(WORKERS);
                ProcessPool pool = ProcessPool.builder().workers(WORKERS).name(stage.name()).context(stock).build()) {
            CompletableFuture<Void> load = CompletableFuture.runAsync(
                    () -> calls(pool), action -> Thread.ofPlatform().daemon().start(action));
            try {
                for (int round = 0; campaign.goesOn(round); round++) {
                    // The first rounds kill one of each.
                    Victim victim = Victim.values()[round < 3 ? round : random.nextInt(10) / 4];
                    long nap = random.nextLong(LONGEST_LIFE_NANOS);
                    switch (victim) {
                        case WORKER -> killAWorker(pool, random, nap);
                        case STANDBY -> killAStandby(pool, random, nap);
                        case PARENT -> killAParent(parents, random.nextBoolean(), nap);
                    }
                    if (load.isDone()) {
                        Deaths.get(load);    // reports a failure
                    }
                }
            } finally {
                over.set(true);
            }
            Deaths.get(load);
            assertThat(Deaths.get(pool.submit(() -> "served", TaskOptions.defaults().withRetries(9))))
                    .isEqualTo("served");
            assertThat(succeeded).hasPositiveValue();
            parents.haveAnotherPool();
            parents.assertNothingIsLeft();
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("-Dsluice.test.seed=%d; %d succeeded".formatted(
                    campaign.seed(), succeeded.get()), failure);
        }
    }

    /// Kills a worker that is ready or starting.
    private static void killAWorker(ProcessPool pool, Random random, long nap) {
        LockSupport.parkNanos(nap);          // the random instant
        Deaths.await("a worker", () -> !workers(pool).isEmpty());
        killOneOf(workers(pool), random);
    }

    private static List<Long> workers(ProcessPool pool) {
        return pool.workers().stream().map(WorkerInfo::pid).toList();
    }

    /// Kills a JVM of the stock; if that is empty, a worker, whose replacement makes the stock refill.
    private static void killAStandby(ProcessPool pool, Random random, long nap) {
        LockSupport.parkNanos(nap);          // the random instant
        List<Long> standbys = Deaths.standbys(pool);
        if (standbys.isEmpty()) {
            killAWorker(pool, random, 0);
        } else {
            killOneOf(standbys, random);
        }
    }

    private static void killOneOf(List<Long> victims, Random random) {
        if (!victims.isEmpty()) {            // it may have died meanwhile
            Deaths.kill(victims.get(random.nextInt(victims.size())));
        }
    }

    private static void killAParent(Parents parents, boolean onceReady, long nap) throws InterruptedException {
        try (JavaProcess parent = parents.start()) {
            parents.await(onceReady);
            LockSupport.parkNanos(nap);      // the random instant
            parent.kill();
            assertThat(parent.join()).isEqualTo(new Exit.Killed(Deaths.SIGKILL));
            parents.awaitNoWorkers();
            parents.removeMarks();
        }
    }

    private record Call(int number, CompletableFuture<Integer> future) {}

    private void calls(ProcessPool pool) {
        BlockingQueue<Call> underWay = new ArrayBlockingQueue<>(UNDER_WAY);
        for (int i = 0; !over.get() || !underWay.isEmpty(); i++) {
            LockSupport.parkNanos(PACE_NANOS);
            int number = i;
            if (over.get() || !underWay.offer(new Call(number, pool.submit(() -> number)))) {
                check(underWay.remove());
            }
        }
    }

    private void check(Call call) {
        Deaths.await("call %d".formatted(call.number()), call.future()::isDone);
        if (call.future().isCompletedExceptionally()) {
            assertThat(Deaths.failure(call.future())).isInstanceOf(WorkerDiedException.class);
        } else {
            assertThat(Deaths.get(call.future())).isEqualTo(call.number());
            succeeded.incrementAndGet();
        }
    }
}
