package io.sluice.examples;

import io.sluice.pool.ProcessPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A pool of four greets four names in five ways. The longer the name, the longer it takes.
///
/// ```
/// examples/run PoolFiveWays
/// ```
public final class PoolFiveWays {
    private static final long MILLIS_PER_LETTER = 20;
    private static final List<String> NAMES = List.of("Dorothea", "Clara", "Bert", "Ada");

    private PoolFiveWays() {}

    /// Greets in each way, and measures the time.
    ///
    /// @param arguments none
    /// @throws Exception if a greeting fails
    public static void main(String[] arguments) throws Exception {
        try (var pool = ProcessPool.create(4)) {
            pool.map(PoolFiveWays::greet, NAMES);        // starts the workers, which is not measured

            // Blocks; results in the order of the names, in the time of the longest one.
            timed("map", () -> pool.map(PoolFiveWays::greet, NAMES));

            // Returns at once; get() blocks.
            timed("mapAsync", () -> pool.mapAsync(PoolFiveWays::greet, NAMES).get());

            // Results as they become ready, so short names come first.
            timed("imapUnordered", () -> pool.imapUnordered(PoolFiveWays::greet, NAMES).stream().toList());

            // Blocks for each: one worker runs while three are idle. The sum of all times.
            timed("apply", () -> {
                List<String> greetings = new ArrayList<>();
                for (String name : NAMES) {
                    greetings.add(pool.apply(PoolFiveWays::greet, name));
                }
                return greetings;
            });

            // Returns at once, so all four run before the first get(). The time of the longest one again.
            timed("applyAsync", () -> {
                List<CompletableFuture<String>> futures = new ArrayList<>();
                for (String name : NAMES) {
                    futures.add(pool.applyAsync(PoolFiveWays::greet, name));
                }
                return futures.stream().map(CompletableFuture::join).toList();
            });
        }
    }

    private static String greet(String name) throws InterruptedException {
        Thread.sleep(MILLIS_PER_LETTER * name.length());
        return "hello " + name;
    }

    private static void timed(String way, Callable<List<String>> greetings) throws Exception {
        long start = System.nanoTime();
        List<String> all = greetings.call();
        System.out.printf("%s: %s in %s ms%n", way, all, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }
}
