package io.sluice.bench.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/// A thread pool of the JDK, in one process: the cost of handing over a task without a second process.
final class Threads implements Subject {
    private static final int BURST = 20_000;

    private final String name;
    private final IntFunction<ExecutorService> maker;

    /// @param maker makes a pool with the given number of threads
    Threads(String name, IntFunction<ExecutorService> maker) {
        this.name = name;
        this.maker = maker;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean answers(Question question) {
        return question == Question.CALL || question == Question.SUBMIT;
    }

    @Override
    public double measure(Question question, long millis) throws Exception {
        try (ExecutorService pool = maker.apply(question == Question.CALL ? 1 : 2)) {
            long start = System.nanoTime();
            long end = start + millis * 1_000_000;
            if (question == Question.CALL) {
                return Subject.median(end, () -> pool.submit(() -> 42).get()) / 1e3;
            }
            long count = 0;
            List<Future<Integer>> futures = new ArrayList<>(BURST);
            while (System.nanoTime() < end) {
                for (int i = 0; i < BURST; i++) {
                    int x = i;
                    futures.add(pool.submit(() -> x));
                }
                for (Future<Integer> future : futures) {
                    var _ = future.get();
                }
                futures.clear();
                count += BURST;
            }
            return count * 1e6 / (System.nanoTime() - start);
        }
    }
}
