package io.sluice.bench.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Compares two reports of the same benchmarks.
///
/// @param before the earlier one
/// @param after the later one
public record Comparison(Report before, Report after) {
    private static final List<String> FACTS = List.of("cpu", "cores", "kernel", "jdk");
    private static final List<Distance> DISTANCES = List.of(Distance.NEAR, Distance.FAR, Distance.ANY);

    /// The changes of all subjects with samples at the same distance in both reports.
    ///
    /// @return in the order of the earlier report
    public List<Change> changes() {
        return before.results().stream().flatMap(one -> changes(one).stream()).toList();
    }

    private List<Change> changes(Result one) {
        List<Change> changes = new ArrayList<>();
        counterpart(one).ifPresent(other -> {
            for (Distance distance : DISTANCES) {
                for (Series series : one.series()) {
                    Summary old = series.summary(distance);
                    Summary now = summary(other, series.name(), distance);
                    if (!old.isEmpty() && !now.isEmpty()) {
                        changes.add(new Change(
                                one.name(), series.name(), distance, one.unit(), one.higherIsBetter(), old, now));
                    }
                }
            }
        });
        return changes;
    }

    /// The result of the same benchmark and unit in the later report.
    private Optional<Result> counterpart(Result one) {
        return after.result(one.name()).filter(other -> isSameUnit(one, other));
    }

    private static boolean isSameUnit(Result one, Result other) {
        return one.unit().equals(other.unit()) && one.higherIsBetter() == other.higherIsBetter();
    }

    private static Summary summary(Result result, String subject, Distance distance) {
        return result.series(subject).map(series -> series.summary(distance)).orElseGet(() -> Summary.of(List.of()));
    }

    /// The subjects with samples in one report only.
    ///
    /// @return a line for each, with the report, the result, the subject and the distance
    public List<String> missing() {
        return Stream.concat(
                only("only before", before, after).stream(),
                only("only after", after, before).stream()).toList();
    }

    private static List<String> only(String label, Report here, Report there) {
        List<String> lines = new ArrayList<>();
        for (Result result : here.results()) {
            Optional<Result> other = there.result(result.name());
            for (Row row : Row.of(result)) {
                String name = row.series().name();
                if (other.map(one -> summary(one, name, row.distance()).isEmpty()).orElse(true)) {
                    lines.add("%s: %s, %s, %s".formatted(label, result.name(), name, row.distance().text()));
                }
            }
        }
        return lines;
    }

    /// Reasons to doubt the comparison: another machine, another unit.
    ///
    /// @return a line for each
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (String fact : FACTS) {
            String old = before.machine().get(fact);
            String now = after.machine().get(fact);
            if (!Objects.equals(old, now)) {
                warnings.add("%s differs: '%s' before, '%s' after".formatted(fact, old, now));
            }
        }
        for (Result one : before.results()) {
            after.result(one.name())
                    .filter(other -> !isSameUnit(one, other))
                    .ifPresent(other -> warnings.add("%s is not compared: '%s' before, '%s' after".formatted(
                            one.name(), direction(one), direction(other))));
        }
        return warnings;
    }

    private static String direction(Result result) {
        return "%s, %s is better".formatted(result.unit(), result.higherIsBetter() ? "higher" : "lower");
    }

    /// Prints the comparison of two reports.
    ///
    /// @param before the earlier one
    /// @param after the later one
    /// @param out receives the text
    public static void print(Report before, Report after, PrintStream out) {
        out.print(new Comparison(before, after).text());
        out.flush();
    }

    String text() {
        StringBuilder out = new StringBuilder();
        warnings().forEach(warning -> out.append("WARNING: ").append(warning).append('\n'));
        for (Result one : before.results()) {
            counterpart(one).ifPresent(other -> out
                    .append('\n').append(one.name()).append(": ").append(direction(one)).append('\n')
                    .append(values(one))
                    .append(ratios(one, other)));
        }
        List<String> missing = missing();
        out.append(missing.isEmpty() ? "" : "\n");
        missing.forEach(line -> out.append(line).append('\n'));
        return out.toString();
    }

    private Columns values(Result one) {
        Columns table = new Columns(
                2, List.of("subject", "distance", "before", "interval", "after", "interval", "change", ""));
        for (Change change : changes(one)) {
            Summary old = change.before();
            Summary now = change.after();
            table.add(List.of(
                    change.subject(), change.distance().text(),
                    Digits.text(old.median()), Digits.interval(old.low(), old.high()),
                    Digits.text(now.median()), Digits.interval(now.low(), now.high()),
                    Digits.percent(change.percent()), change.text()));
        }
        return table;
    }

    private static Columns ratios(Result one, Result other) {
        Columns table = new Columns(2, List.of("ratio", "distance", "before", "after", "change", "", ""));
        for (Ratio old : one.ratios()) {
            other.ratios().stream()
                    .filter(now -> now.goal().text().equals(old.goal().text()) && now.distance() == old.distance())
                    .findFirst()
                    .ifPresent(now -> table.add(List.of(
                            old.goal().text(), old.distance().text(),
                            Digits.text(old.value()), Digits.text(now.value()),
                            Digits.percent(Change.percent(old.value(), now.value())),
                            Verdict.of(old.low(), old.high(), now.low(), now.high(), now.higherIsBetter()).text(),
                            reached(old, now))));
        }
        return table;
    }

    private static String reached(Ratio old, Ratio now) {
        if (!now.isBound()) {
            return "";
        }
        String reached = now.isReached() ? "reached" : "MISSED";
        return old.isBound() && old.isReached() != now.isReached() ? "now " + reached : reached;
    }
}
