package io.sluice.bench.report;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the unit of a result measures. The one place that knows how a value stands to the round trip of a bare cache
/// line: a duration is a multiple of it, and of a rate so many fall into one.
///
/// @param kind of quantity
/// @param factor what one of the unit is in nanoseconds, or in events per second
record Unit(Kind kind, double factor) {
    private static final Pattern DURATION = Pattern.compile("(ns|us|µs|ms|s)\\b.*");
    private static final Pattern RATE = Pattern.compile("([kKMG]?) ?\\p{Alpha}+/s\\b.*");
    private static final Map<String, Double> NANOS = Map.of("ns", 1., "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9);
    private static final Map<String, Double> TIMES = Map.of("", 1., "k", 1e3, "K", 1e3, "M", 1e6, "G", 1e9);

    enum Kind { DURATION, RATE, OTHER }

    /// Reads `ns, mean`, `M msg/s`, `% of a core`.
    static Unit of(String text) {
        Matcher duration = DURATION.matcher(text);
        if (duration.matches()) {
            return new Unit(Kind.DURATION, NANOS.get(duration.group(1)));
        }
        Matcher rate = RATE.matcher(text);
        return rate.matches() ? new Unit(Kind.RATE, TIMES.get(rate.group(1))) : new Unit(Kind.OTHER, 1);
    }

    /// A value in round trips of a bare cache line.
    ///
    /// @param probeNanos of one; 0 if nobody looked
    /// @return how many round trips it takes, or how many events fall into one; empty if neither makes sense
    OptionalDouble probes(double value, double probeNanos) {
        if (!(probeNanos > 0)) {
            return OptionalDouble.empty();
        }
        return switch (kind) {
            case DURATION -> OptionalDouble.of(value * factor / probeNanos);
            case RATE -> OptionalDouble.of(value * factor * probeNanos / 1e9);
            case OTHER -> OptionalDouble.empty();
        };
    }

    /// What heads a column of [#probes].
    String probesHeading() {
        return kind == Kind.RATE ? "per probe" : "x probe";
    }

    /// What a column of [#probes] means.
    String probesMeaning() {
        return kind == Kind.RATE
                ? "per probe: as many in one round trip of a bare cache line"
                : "x probe: as many round trips of a bare cache line";
    }
}
