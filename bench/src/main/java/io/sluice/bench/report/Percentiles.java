package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// The latencies of one subject at a distance.
///
/// @param series of the subject
/// @param distance of the cores
/// @param latencies nanoseconds, at least one
record Percentiles(Series series, Distance distance, Histogram latencies) {
    private static final List<Double> ASKED = List.of(50., 90., 99., 99.9, 99.99);

    /// All of a result, those of one distance together.
    static List<Percentiles> of(Result result) {
        List<Percentiles> all = new ArrayList<>();
        for (Distance distance : List.of(Distance.NEAR, Distance.FAR, Distance.ANY)) {
            for (Series series : result.series()) {
                series.latencies(distance)
                        .filter(latencies -> latencies.getTotalCount() > 0)
                        .ifPresent(latencies -> all.add(new Percentiles(series, distance, latencies)));
            }
        }
        return all;
    }

    /// What heads the [#cells].
    static List<String> headings() {
        List<String> headings = new ArrayList<>(List.of("latency", "distance", "n"));
        ASKED.forEach(percent -> headings.add("p" + Digits.round(percent).replace(",", "")));
        headings.add("max");
        return headings;
    }

    /// The cells that text and HTML share. A percentile that so few latencies cannot tell from the maximum is `-`.
    List<String> cells() {
        List<String> cells = new ArrayList<>(List.of(
                series.name(), distance.text(), String.format(Locale.ROOT, "%,d", latencies.getTotalCount())));
        for (double percent : ASKED) {
            cells.add(isTold(percent) ? Digits.duration(nanos(percent)) : "-");
        }
        cells.add(Digits.duration(nanos(100)));
        return cells;
    }

    /// What so many percent did not exceed; the least latency at 0, the greatest at 100.
    double nanos(double percent) {
        return (double) latencies.getValueAtPercentile(percent);
    }

    /// Whether at least one latency lies beyond.
    private boolean isTold(double percent) {
        // A thousandth of slack, since 1 - 0.9999 is a little less than it should be.
        return latencies.getTotalCount() * (1 - percent / 100) > 0.999;
    }
}
