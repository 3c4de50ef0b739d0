package io.sluice.bench.report;

import java.util.List;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/// The median of samples, and its confidence interval.
///
/// The interval is a 90 % confidence interval for the median, for any distribution: the narrowest symmetric pair of
/// order statistics with at least that confidence (W. J. Conover, Practical Nonparametric Statistics, §3.2). Of five to
/// seven samples these are the least and the greatest, of eight the second on each side. Fewer than five samples cannot
/// reach 90 %; their interval is from the least to the greatest.
///
/// @param median of the values
/// @param low lower end of the interval
/// @param high upper end of the interval
/// @param probeNanos median of the round trips of a bare cache line; 0 if not measured
/// @param samples number of samples
public record Summary(double median, double low, double high, double probeNanos, int samples) {
    /// Least number of samples for a 90 % confidence interval.
    public static final int MIN_SAMPLES = 5;
    private static final double ERROR_PROBABILITY = 0.10;

    static Summary of(List<Sample> samples) {
        double[] values = samples.stream().mapToDouble(Sample::value).sorted().toArray();
        int count = values.length;
        if (count == 0) {
            return new Summary(Double.NaN, Double.NaN, Double.NaN, 0, 0);
        }
        int rank = rank(count);
        double probe = median(samples.stream().mapToDouble(Sample::probeNanos).sorted().toArray());
        return new Summary(median(values), values[rank], values[count - 1 - rank], probe, count);
    }

    /// Index of the order statistic at the lower end of the interval.
    private static int rank(int count) {
        BinomialDistribution below = BinomialDistribution.of(count, 0.5);
        int rank = 0;
        while (rank + 1 <= (count - 1) / 2 && 2 * below.cumulativeProbability(rank + 1) <= ERROR_PROBABILITY) {
            rank++;
        }
        return rank;
    }

    private static double median(double[] sorted) {
        int count = sorted.length;
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    }

    /// Whether there are no samples.
    ///
    /// @return true if nothing was measured
    public boolean isEmpty() {
        return samples == 0;
    }
}
