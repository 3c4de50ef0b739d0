package io.sluice.shm.death;

import java.util.List;

/// What the tests of death have in common.
final class Deaths {
    private Deaths() {}

    /// Prints how long survivors were blocked.
    static void print(String what, List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        if (sorted.length > 0) {
            System.out.printf("%s: %d measured, median %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                    what, sorted.length, at(sorted, 0.5), at(sorted, 0.9), at(sorted, 0.99), at(sorted, 1));
        }
    }

    private static double at(long[] sorted, double fraction) {
        return sorted[(int) Math.min(sorted.length - 1, fraction * sorted.length)] / 1e6;
    }
}
