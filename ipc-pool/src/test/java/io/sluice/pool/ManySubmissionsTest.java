package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Several threads submit as fast as they can, so that events of the scheduler arrive while others run: two threads in
/// the event loop at once would remove a chunk from a worker twice, and a future would be lost.
@Timeout(300)
class ManySubmissionsTest {
    private static final int THREADS = 3;
    private static final int EACH = 30_000;

    @Test
    void everyFutureOfEveryThreadGetsItsValue() throws InterruptedException {
        long[] sums = new long[THREADS];
        try (ProcessPool pool = ProcessPool.create(2)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int number = t;
                threads.add(Thread.ofPlatform().start(() -> sums[number] = submitAll(pool)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(sums).containsOnly((long) EACH * (EACH - 1) / 2);
    }

    private static long submitAll(ProcessPool pool) {
        List<CompletableFuture<Integer>> futures = new ArrayList<>(EACH);
        for (int i = 0; i < EACH; i++) {
            int value = i;
            futures.add(pool.submit(() -> value));
        }
        return futures.stream().mapToLong(CompletableFuture::join).sum();
    }
}
