package io.sluice.core.memory;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Counts the bytes that a warmed-up operation allocates in its own thread.
public final class AllocationMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 50_000;
    private static final int ROUNDS = 20;
    private static final int MEASURED = 10_000;

    private AllocationMeter() {}

    /// The smallest number of bytes per operation over some rounds: what a compiler thread or a first use adds once
    /// does not count, what the operation itself allocates is in every round.
    ///
    /// @param operation what to measure
    /// @return bytes per operation, rounded down
    public static long bytesPerOperation(Runnable operation) {
        run(operation, WARM_UP);
        long smallest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            run(operation, MEASURED);
            smallest = Math.min(smallest, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return smallest / MEASURED;
    }

    private static void run(Runnable operation, int times) {
        for (int i = 0; i < times; i++) {
            operation.run();
        }
    }
}
