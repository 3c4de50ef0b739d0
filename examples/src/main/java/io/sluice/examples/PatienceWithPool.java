package io.sluice.examples;

import io.sluice.pool.ProcessPool;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A tour of a pool, with a task that takes too long: the wait ends, the task is cancelled, and the pool goes on.
///
/// In Python an abandoned task keeps its worker, and the `with` block ends by killing the workers. Here `cancel(true)`
/// interrupts the task, or kills its worker if it ignores that, and the block waits for the remaining tasks.
///
/// ```
/// examples/run PatienceWithPool
/// ```
public final class PatienceWithPool {
    private PatienceWithPool() {}

    /// Makes the tour.
    ///
    /// @param arguments none
    /// @throws ExecutionException if a task fails
    /// @throws InterruptedException if interrupted while waiting
    /// @throws TimeoutException if a short task takes a minute
    public static void main(String[] arguments) throws ExecutionException, InterruptedException, TimeoutException {
        List<Integer> numbers = IntStream.range(0, 10).boxed().toList();
        try (var pool = ProcessPool.create(4)) {
            System.out.println("map: " + pool.map(x -> x * x, numbers));

            Set<Integer> squares = new TreeSet<>();
            pool.imapUnordered((Integer x) -> x * x, numbers).forEachRemaining(squares::add);
            System.out.println("imapUnordered, sorted: " + squares);

            System.out.println("20 * 20 = " + pool.applyAsync((Integer x) -> x * x, 20).get(1, TimeUnit.MINUTES));

            List<CompletableFuture<Long>> pids = Stream.generate(() -> pool.submit(() -> ProcessHandle.current().pid()))
                    .limit(4).toList();
            System.out.println("worked in: " + pids.stream().map(CompletableFuture::join).toList());

            CompletableFuture<String> sleeper = pool.submit(PatienceWithPool::sleepLong);
            try {
                sleeper.get(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException impatient) {
                System.out.println("We lacked patience and got a TimeoutException");
                sleeper.cancel(true);
            }
            System.out.println("more work: " + pool.map(x -> x + 1, numbers));
        }
        System.out.println("the pool is closed without a wait for the sleeper");
    }

    private static String sleepLong() throws InterruptedException {
        Thread.sleep(10_000);
        return "slept well";
    }
}
