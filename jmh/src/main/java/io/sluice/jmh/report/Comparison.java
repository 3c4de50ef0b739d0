package io.sluice.jmh.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What changed from one run to another. Values of two runs are only comparable on the same quiet machine; quotients are
/// comparable more often.
public final class Comparison {
    private static final List<String> MACHINE = List.of("cpu", "cores", "kernel", "jdk");

    private final Report before;
    private final Report after;
    private final PrintStream out;

    private Comparison(Report before, Report after, PrintStream out) {
        this.before = before;
        this.after = after;
        this.out = out;
    }

    /// Prints what changed: values and quotients, and whether their intervals overlap.
    ///
    /// @param before the earlier run
    /// @param after the later run
    /// @param out where to
    public static void print(Report before, Report after, PrintStream out) {
        new Comparison(before, after, out).print();
    }

    private void print() {
        for (String fact : MACHINE) {
            String was = before.machine().get(fact);
            String is = after.machine().get(fact);
            if (!Objects.equals(was, is)) {
                out.printf("WARNING: another %s, %s and %s: only quotients mean something%n", fact, was, is);
            }
        }
        for (Result result : after.results()) {
            Optional<Result> old = before.result(result.name());
            if (old.isEmpty()) {
                out.printf("%s: only in the second run%n", result.name());
                continue;
            }
            out.printf("%s [%s]%n", result.name(), result.unit());
            result.series().forEach(series -> compare(old.get(), result, series));
            result.quotients().forEach(quotient -> compare(old.get(), quotient));
        }
        before.results().stream()
                .filter(result -> after.result(result.name()).isEmpty())
                .forEach(result -> out.printf("%s: only in the first run%n", result.name()));
    }

    private void compare(Result old, Result result, Series series) {
        Optional<Series> was = old.series(series.name());
        for (Distance distance : result.distances()) {
            Summary is = series.summary(distance);
            Summary then = was.map(one -> one.summary(distance)).orElse(Summary.of(List.of()));
            if (!is.isEmpty() && !then.isEmpty()) {
                line(series.name(), distance, then.median(), is.median(),
                        verdict(then.low(), then.high(), is.low(), is.high(), result.higherIsBetter()));
            } else if (!is.isEmpty()) {
                out.printf("  %-34s %-4s only in the second run%n", series.name(), distance.text());
            }
        }
    }

    private void compare(Result old, Quotient is) {
        Optional<Quotient> was = old.quotient(is.goal(), is.distance());
        was.ifPresent(then -> line(is.goal().text(), is.distance(), then.value(), is.value(),
                verdict(then.low(), then.high(), is.low(), is.high(), is.higherIsBetter())));
    }

    private void line(String name, Distance distance, double was, double is, String verdict) {
        out.printf("  %-34s %-4s %10s -> %10s  %+6.1f %%  %s%n", name, distance.text(),
                Numbers.text(was), Numbers.text(is), 100 * (is / was - 1), verdict);
    }

    private static String verdict(double oldLow, double oldHigh, double low, double high, boolean higherIsBetter) {
        if (low <= oldHigh && oldLow <= high) {
            return "within the noise";
        }
        return (low > oldHigh) == higherIsBetter ? "BETTER" : "WORSE";
    }
}
