package io.sluice.core.memory;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/// Counts the bytes that a warmed-up operation allocates in its own thread.
public final class AllocationMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 50_000;
    private static final int ROUNDS = 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int MEASURED = 10_000;

    private AllocationMeter() {}

    /// As [#bytesPerOperation(long, Runnable)], for an operation that is to allocate nothing.
    ///
    /// @param operation what to measure
    /// @return bytes per operation, rounded down
    public static long bytesPerOperation(Runnable operation) {
        return bytesPerOperation(0, operation);
    }

    /// The smallest number of bytes per operation over some rounds: what a compiler thread or a first use adds once
    /// does not count, what the operation itself allocates is in every round. On a loaded machine the best compiler may
    /// come late, so there are more rounds for a while if the operation seems to allocate more than it should.
    ///
    /// @param expected how many bytes it is to allocate at most
    /// @param operation what to measure
    /// @return bytes per operation, rounded down
    public static long bytesPerOperation(long expected, Runnable operation) {
        run(operation, WARM_UP);
        long start = System.nanoTime();
        long smallest = Long.MAX_VALUE;
        for (int round = 0;
                round < ROUNDS || (smallest / MEASURED > expected && System.nanoTime() - start < PATIENCE_NANOS);
                round++) {
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
