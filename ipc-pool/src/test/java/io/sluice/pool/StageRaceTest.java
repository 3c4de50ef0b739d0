package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A dependent stage that is added while the result arrives.
@Timeout(value = PoolTest.WATCHDOG_SECONDS, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StageRaceTest {
    private static final int ROUNDS = 20_000;

    /// A way to add a stage that runs when the future is done, and whose result is the thread that runs it.
    interface Way extends Function<CompletableFuture<Integer>, CompletableFuture<Thread>> {
    }

    static List<Way> ways() {
        return List.of(
                future -> future.thenApply(value -> Thread.currentThread()),
                future -> future.handle((value, failure) -> Thread.currentThread()),
                future -> future.minimalCompletionStage().thenApply(value -> Thread.currentThread())
                        .toCompletableFuture(),
                future -> future.copy().thenApply(value -> Thread.currentThread()),
                future -> CompletableFuture.completedFuture(1)
                        .thenCombine(future, (one, value) -> Thread.currentThread()),
                future -> new CompletableFuture<Integer>().applyToEither(future, value -> Thread.currentThread()));
    }

    /// It runs in a virtual thread or in the thread that adds it; never in the thread that reads the results of all.
    @ParameterizedTest
    @MethodSource("ways")
    void itNeverRunsInTheReader(Way way) throws Exception {
        var scheduler = new Scheduler(
                "race", 1, 1, 1, Policy.FIRST_COME, new Admission("race", 10, WhenFull.BLOCK),
                (number, started, refused) -> {});
        var resultReader = new ResultReader("race", scheduler, null, null, () -> {});
        var random = new Random(1);
        var start = new CyclicBarrier(2);
        Thread adder = Thread.currentThread();
        try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < ROUNDS; i++) {
                var future = new PoolFuture<Integer>(scheduler, resultReader);
                int turns = random.nextInt(100);
                Future<?> delivery = reader.submit(() -> {
                    var _ = start.await();
                    spin(100 - turns);
                    future.deliver(1);
                    return null;
                });
                var _ = start.await();
                spin(turns);
                Thread thread = way.apply(future).get();
                assertThat(thread.isVirtual() || thread.equals(adder)).as("ran in %s", thread).isTrue();
                var _ = delivery.get();
            }
        }
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }
}
