package io.sluice.bench.report;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The unit of a result, and its relation to the round trip of a bare cache line: a duration is a multiple of it, a
/// rate is a number of events during one.
///
/// @param kind of quantity
/// @param factor of the unit, to nanoseconds or to events per second
record Unit(Kind kind, double factor) {
    private static final Pattern DURATION = Pattern.compile("(ns|us|µs|ms|s)\\b.*");
    private static final Pattern RATE = Pattern.compile("([kKMG]?) ?\\p{Alpha}+/s\\b.*");
    private static final Map<String, Double> NANOS = Map.of("ns", 1., "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9);
    private static final Map<String, Double> TIMES = Map.of("", 1., "k", 1e3, "K", 1e3, "M", 1e6, "G", 1e9);

    enum Kind { DURATION, RATE, OTHER }

    /// Parses a unit such as `ns, mean`, `M msg/s`, `% of a core`.
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
    /// @param probeNanos time of a round trip; 0 if not measured
    /// @return round trips of a duration, or events of a rate during a round trip; otherwise empty
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

    /// Heading of a column of [#probes].
    String probesHeading() {
        return kind == Kind.RATE ? "per probe" : "x probe";
    }

    /// Meaning of a column of [#probes].
    String probesMeaning() {
        return kind == Kind.RATE
                ? "per probe: number in one round trip of a bare cache line"
                : "x probe: in round trips of a bare cache line";
    }
}
