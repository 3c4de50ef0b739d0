package io.sluice.pool.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Parts of a map that end in several threads at once, as those of a cluster do.
class ProgressReportsTest {
    private static final int THREADS = 4;
    private static final int PARTS = 1000;
    private static final int TOTAL = THREADS * PARTS;

    @Test
    void theEndIsReportedOnceAndLastWhicheverThreadBringsIt() throws Exception {
        for (int rounds = 0; rounds < 50; rounds++) {
            CountDownLatch end = new CountDownLatch(1);
            List<Long> heard = new CopyOnWriteArrayList<>();
            ProgressReports reports = new ProgressReports("pool", "map", TOTAL, (done, elapsed) -> {
                heard.add(done);
                if (done == TOTAL) {
                    end.countDown();
                }
            });
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int part = 0; part < PARTS; part++) {
                        reports.done(1);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(end.await(60, TimeUnit.SECONDS)).as("the end").isTrue();
            assertThat(heard).isSorted().doesNotHaveDuplicates().endsWith((long) TOTAL);
        }
    }
}
