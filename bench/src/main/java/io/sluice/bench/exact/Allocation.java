package io.sluice.bench.exact;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Counts the bytes that an operation allocates in its own thread, to the byte.
///
/// The operation is warm, and the minimum of several rounds is the result: the operation's own allocation is in every
/// round, while a deoptimisation or a first use adds bytes to one round only. In a JVM that compiles in the background,
/// warm code may still be interpreted; with `-Xbatch`, as [Measurement] uses, it is compiled.
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 100_000;
    private static final int ROUNDS = 10;

    private Allocation() {}

    /// Measures an operation on the calling thread.
    ///
    /// @param operation what to run
    /// @return bytes for each operation
    public static double bytesPerOperation(Runnable operation) {
        repeat(operation, WARM_UP);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            repeat(operation, Measurement.OPERATIONS);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return (double) least / Measurement.OPERATIONS;
    }

    static void repeat(Runnable operation, int times) {
        for (int i = 0; i < times; i++) {
            operation.run();
        }
    }
}
