package io.sluice.bench.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Who answers.
interface Subject extends AutoCloseable {
    String name();

    /// Whether it has an answer.
    boolean answers(Question question);

    /// Measures one block.
    ///
    /// @param millis about how long
    /// @return in the unit of the question; of latencies, the median
    double measure(Question question, long millis) throws Exception;

    /// Makes one call after the other.
    ///
    /// @param end when to stop, on the clock of `System.nanoTime`
    /// @return the median of how long each took, in nanoseconds; NaN if there was no time for one
    static double median(long end, Callable<?> call) throws Exception {
        List<Long> nanos = new ArrayList<>();
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            var _ = call.call();
            nanos.add(System.nanoTime() - start);
        }
        return median(nanos);
    }

    /// The one in the middle; NaN if there is none.
    static double median(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    @Override
    default void close() {
        // Most keep nothing from block to block.
    }
}
