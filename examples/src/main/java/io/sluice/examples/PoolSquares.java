package io.sluice.examples;

import io.sluice.pool.ProcessPool;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/// The simplest pool: five workers square ten numbers.
///
/// ```
/// examples/run PoolSquares
/// ```
public final class PoolSquares {
    private PoolSquares() {}

    /// Squares the numbers.
    ///
    /// @param arguments none
    /// @throws ExecutionException if a number cannot be squared
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        List<Integer> numbers = IntStream.rangeClosed(1, 10).boxed().toList();
        try (var pool = ProcessPool.create(5)) {
            System.out.println(pool.map(x -> x * x, numbers));
        }
    }
}
