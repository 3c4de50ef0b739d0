package io.sluice.examples;

import io.sluice.pool.ProcessPool;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// A pool of processes, and a task that ends its process: `examples/run PoolQuickStart`.
public final class PoolQuickStart {
    private PoolQuickStart() {}

    /// Computes, loses a worker, and goes on computing.
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        try (var pool = ProcessPool.create(2)) {
            System.out.println(pool.map(x -> x * x, List.of(1, 2, 3)));
            try {
                pool.submit(() -> Runtime.getRuntime().halt(7)).get();
            } catch (ExecutionException failed) {
                System.out.println(failed.getCause().getMessage());
            }
            System.out.println(pool.submit(() -> "the others never noticed").join());
        }
    }
}
