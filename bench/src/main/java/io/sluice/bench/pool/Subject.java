package io.sluice.bench.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// A pool, or a way to start processes, that is measured.
interface Subject extends AutoCloseable {
    String name();

    /// Whether this subject takes part in the benchmark of a question.
    boolean answers(Question question);

    /// Measures one block.
    ///
    /// @param millis approximate length of the block
    /// @return value in the unit of the question; for latencies, the median
    double measure(Question question, long millis) throws Exception;

    /// Median duration of calls that are made one after the other.
    ///
    /// @param end when to stop, on the clock of `System.nanoTime`
    /// @return nanoseconds; NaN if there was no time for a call
    static double median(long end, Callable<?> call) throws Exception {
        List<Long> nanos = new ArrayList<>();
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            var _ = call.call();
            nanos.add(System.nanoTime() - start);
        }
        return median(nanos);
    }

    /// The median; NaN if there are no values.
    static double median(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    @Override
    default void close() {
        // Most subjects keep nothing from block to block.
    }
}
