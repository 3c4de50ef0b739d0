package io.sluice.jmh.report;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/// Numbers as people read them.
final class Numbers {
    /// The percentiles that every table of latencies has.
    static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private static final double KILO = 1e3;

    private Numbers() {}

    /// Three digits that count.
    static String text(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        String format = size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%,.0f";
        return format.formatted(value);
    }

    /// Nanoseconds in the unit that suits them.
    static String nanos(double nanos) {
        if (nanos < KILO) {
            return text(nanos) + " ns";
        }
        return nanos < KILO * KILO ? text(nanos / KILO) + " µs" : text(nanos / KILO / KILO) + " ms";
    }

    static String interval(Summary summary) {
        return text(summary.low()) + " .. " + text(summary.high());
    }

    /// What a value is in round trips of a bare cache line between the two cores: a time as a multiple of one, a rate as
    /// what passes during one.
    ///
    /// @return empty where nobody looked, or the unit is neither
    static String inTrips(Result result, Summary summary) {
        double probe = summary.probeNanos();
        if (probe == 0) {
            return "";
        }
        if (result.unit().startsWith("ns")) {
            return text(summary.median() / probe) + " trips";
        }
        return result.unit().startsWith("M ") ? text(summary.median() * probe / KILO) + " a trip" : "";
    }

    static String percentile(double percentile) {
        return "p" + (percentile == Math.rint(percentile)
                ? Long.toString(Math.round(percentile)) : Double.toString(percentile));
    }

    static String latency(Histogram histogram, double percentile) {
        return nanos((double) histogram.getValueAtPercentile(percentile));
    }

    /// A number as SVG takes it.
    static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
