package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// The latencies of one subject at one distance.
///
/// @param series of the subject
/// @param distance of the cores
/// @param latencies nanoseconds, at least one
record Percentiles(Series series, Distance distance, Histogram latencies) {
    private static final List<Double> ASKED = List.of(50., 90., 99., 99.9, 99.99);

    /// All percentiles of a result, grouped by distance.
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

    /// The headings of the [#cells].
    static List<String> headings() {
        List<String> headings = new ArrayList<>(List.of("latency", "distance", "n"));
        ASKED.forEach(percent -> headings.add("p" + Digits.round(percent).replace(",", "")));
        headings.add("max");
        return headings;
    }

    /// The cells that text and HTML share. A percentile is `-` if there are too few latencies to tell it from the
    /// maximum.
    List<String> cells() {
        List<String> cells = new ArrayList<>(List.of(
                series.name(), distance.text(), String.format(Locale.ROOT, "%,d", latencies.getTotalCount())));
        for (double percent : ASKED) {
            cells.add(isTold(percent) ? Digits.duration(nanos(percent)) : "-");
        }
        cells.add(Digits.duration(nanos(100)));
        return cells;
    }

    /// The percentile in nanoseconds; the least latency at 0, the greatest at 100.
    double nanos(double percent) {
        return (double) latencies.getValueAtPercentile(percent);
    }

    /// Whether at least one latency is beyond the percentile.
    private boolean isTold(double percent) {
        // With a tolerance of a thousandth, since 1 - 0.9999 is rounded down.
        return latencies.getTotalCount() * (1 - percent / 100) > 0.999;
    }
}
