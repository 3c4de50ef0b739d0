package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.value.SharedLong;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;

/// Processes compute in phases: each computes its part, the last one to arrive adds up, and all go on with the sum.
///
/// ```
/// examples/run BarrierPhases
/// ```
public final class BarrierPhases {
    private static final int WORKERS = 4;
    private static final int PHASES = 3;

    private BarrierPhases() {}

    /// Starts the workers.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var parts = space.longArray(WORKERS);
                var sum = space.longValue(0);
                var barrier = space.barrier(WORKERS, () -> sumUp(parts, sum))) {
            List<JavaProcess> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                int me = i;
                workers.add(JavaProcess.start(() -> work(me, parts, sum, barrier)));
            }
            for (JavaProcess worker : workers) {
                worker.join();
            }
            System.out.println("the last sum is " + sum.get());
        }
    }

    /// Runs in the process that arrives last, while the others wait.
    private static void sumUp(SharedLongArray parts, SharedLong sum) {
        long all = 0;
        for (int i = 0; i < WORKERS; i++) {
            all += parts.get(i);
        }
        sum.set(all);
        System.out.println("the sum is " + all);
    }

    private static void work(int me, SharedLongArray parts, SharedLong sum, SharedBarrier barrier)
            throws InterruptedException {
        try {
            for (int phase = 0; phase < PHASES; phase++) {
                parts.set(me, sum.get() + me + 1);
                barrier.await();
            }
        } catch (BrokenBarrierException broken) {
            System.out.println("another worker died or gave up: " + broken.getMessage());
        }
    }
}
