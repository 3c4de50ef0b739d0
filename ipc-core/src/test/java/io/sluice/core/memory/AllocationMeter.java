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

    /// As [#bytesPerOperation(long, Runnable)], for an operation that should allocate nothing.
    ///
    /// @param operation to measure
    /// @return bytes per operation, rounded down
    public static long bytesPerOperation(Runnable operation) {
        return bytesPerOperation(0, operation);
    }

    /// The smallest number of bytes per operation over some rounds: a single allocation by a compiler thread or a first
    /// use does not count, the operation's own allocation is in every round. On a loaded machine the C2 compiler may
    /// run late, so more rounds follow for a while if the operation seems to allocate more than expected.
    ///
    /// @param expected largest expected number of bytes per operation
    /// @param operation to measure
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
