package io.sluice.bench.pool;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.TaskOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// Our pool, with two workers.
final class Sluice implements Subject {
    private static final int WORKERS = 2;
    private static final int BURST = 20_000;
    private static final List<Integer> MILLISECONDS = Collections.nCopies(1_000, 0);
    static final List<Integer> NUMBERS = IntStream.range(0, 100_000).boxed().toList();

    private final String name;
    private final WaitStrategy strategy;
    private final Policy policy;
    private ProcessPool pool;

    Sluice(String name, WaitStrategy strategy, Policy policy) {
        this.name = name;
        this.strategy = strategy;
        this.policy = policy;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean answers(Question question) {
        return switch (question) {
            case START, CONNECTION, MANAGER_GET, MANAGER_PUT -> false;
            case CALL_BESIDE_MAP -> strategy == WaitStrategy.ADAPTIVE;
            case SUBMIT, MAP_ONE, MAP, IMAP_UNORDERED ->
                strategy == WaitStrategy.ADAPTIVE && policy == Policy.FIRST_COME;
            case CALL -> policy == Policy.FIRST_COME;
        };
    }

    /// A pool lives for one block: on two cores, workers that spin would take the cores of the other subjects.
    private ProcessPool pool(Question question) throws Exception {
        if (pool == null) {
            int workers = question == Question.CALL ? 1 : WORKERS;
            pool = ProcessPool.builder().workers(workers).waitStrategy(strategy).policy(policy).build();
            for (int i = 0; i < 20_000; i++) {
                int x = i;
                var _ = pool.apply(() -> x + 1);
            }
            var _ = pool.map(x -> x + 1, NUMBERS);
        }
        return pool;
    }

    @Override
    public double measure(Question question, long millis) throws Exception {
        ProcessPool asked = pool(question);
        long end = System.nanoTime() + millis * 1_000_000;
        return switch (question) {
            case CALL -> Subject.median(end, () -> asked.apply(() -> 42)) / 1e3;
            case SUBMIT -> submit(asked, end);
            case MAP_ONE -> map(asked, TaskOptions.defaults().withChunkSize(1), end) / 1e3;
            case MAP -> map(asked, TaskOptions.defaults(), end) / 1e6;
            case IMAP_UNORDERED -> imapUnordered(asked, end);
            case CALL_BESIDE_MAP -> besideMap(asked, end);
            case START, CONNECTION, MANAGER_GET, MANAGER_PUT ->
                throw new IllegalStateException(question + " is measured by another subject");
        };
    }

    private static double submit(ProcessPool pool, long end) {
        long start = System.nanoTime();
        long count = 0;
        List<CompletableFuture<Integer>> futures = new ArrayList<>(BURST);
        while (System.nanoTime() < end) {
            for (int i = 0; i < BURST; i++) {
                int x = i;
                futures.add(pool.submit(() -> x));
            }
            futures.forEach(CompletableFuture::join);
            futures.clear();
            count += BURST;
        }
        return count * 1e6 / (System.nanoTime() - start);
    }

    private static double map(ProcessPool pool, TaskOptions options, long end) throws Exception {
        long start = System.nanoTime();
        long count = 0;
        while (System.nanoTime() < end) {
            count += pool.map((Integer x) -> x + 1, NUMBERS, options).size();
        }
        return count * 1e9 / (System.nanoTime() - start);
    }

    private static double imapUnordered(ProcessPool pool, long end) {
        long start = System.nanoTime();
        long count = 0;
        while (System.nanoTime() < end) {
            try (var results = pool.imapUnordered((Integer x) -> x + 1, NUMBERS)) {
                while (results.hasNext()) {
                    var _ = results.next();
                    count++;
                }
            }
        }
        return count * 1e6 / (System.nanoTime() - start);
    }

    /// One call for each map: under FIRST_COME it ends with the map.
    private static double besideMap(ProcessPool pool, long end) throws Exception {
        List<Long> nanos = new ArrayList<>();
        do {
            CompletableFuture<List<Integer>> map = pool.mapAsync(Sluice::oneMillisecond, MILLISECONDS);
            long start = System.nanoTime();
            var _ = pool.apply(() -> 42);
            nanos.add(System.nanoTime() - start);
            map.cancel(true);
        } while (System.nanoTime() < end);
        return Subject.median(nanos) / 1e6;
    }

    static int oneMillisecond(int x) {
        long end = System.nanoTime() + 1_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return x;
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.terminate();
            pool.close();
            pool = null;
        }
    }
}
