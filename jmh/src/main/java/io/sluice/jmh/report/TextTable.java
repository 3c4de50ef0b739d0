package io.sluice.jmh.report;

import java.io.PrintStream;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// A result for a terminal.
public final class TextTable {
    private TextTable() {}

    /// Prints it.
    ///
    /// @param result what came out of a match
    /// @param out where to
    public static void print(Result result, PrintStream out) {
        out.printf("%s: %s%n  %s, %s is better; median of the blocks, and what holds the true one with 90 %%%n",
                result.name(), result.question(), result.unit(), result.higherIsBetter() ? "more" : "less");
        for (Distance distance : result.distances()) {
            for (Series series : result.series()) {
                Summary summary = series.summary(distance);
                if (!summary.isEmpty()) {
                    print(result, series, distance, summary, out);
                }
            }
        }
        for (Quotient quotient : result.quotients()) {
            String asked = quotient.isBound()
                    ? "; asked for %s %s".formatted(
                            result.higherIsBetter() ? "at least" : "at most", quotient.goal().bound())
                    : "";
            String peer = quotient.goal().peers().size() > 1 ? " (" + quotient.peer() + ")" : "";
            out.printf("  %s%s%s: %s%s%n", at(quotient.distance()), quotient.goal().text(), peer, quotient.text(), asked);
        }
    }

    private static void print(Result result, Series series, Distance distance, Summary summary, PrintStream out) {
        out.printf("  %-5s %-18s %9s  [%s]%s  %s", at(distance).strip(), series.name(), Numbers.text(summary.median()),
                Numbers.interval(summary), summary.samples() < Summary.ENOUGH ? " few" : "",
                Numbers.inTrips(result, summary));
        Optional<Histogram> latencies = series.latencies(distance);
        if (latencies.isPresent()) {
            Histogram histogram = latencies.get();
            for (double percentile : Numbers.PERCENTILES) {
                out.printf("  %s %s", Numbers.percentile(percentile), Numbers.latency(histogram, percentile));
            }
            out.printf("  max %s", Numbers.nanos((double) histogram.getMaxValue()));
        } else if (distance == Distance.ANY) {
            out.print("  " + series.detail());
        }
        out.println();
    }

    private static String at(Distance distance) {
        return distance == Distance.ANY ? "" : distance.text() + " ";
    }
}
