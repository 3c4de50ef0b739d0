package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/// One row of the tables of values: a subject at one distance.
///
/// @param series of the subject
/// @param distance of the cores
/// @param summary of its samples there, at least one
/// @param probes the median in round trips of a bare cache line; empty if the unit is no time or rate
/// @param refused refused sends for each message, on average
/// @param empty receives without a message for each message, on average
record Row(Series series, Distance distance, Summary summary, OptionalDouble probes, double refused, double empty) {

    /// All rows of a result, grouped by distance, since only samples of one distance are compared.
    static List<Row> of(Result result) {
        Unit unit = Unit.of(result.unit());
        List<Row> rows = new ArrayList<>();
        for (Distance distance : result.distances()) {
            for (Series series : result.series()) {
                Summary summary = series.summary(distance);
                if (!summary.isEmpty()) {
                    rows.add(new Row(
                            series, distance, summary, unit.probes(summary.median(), summary.probeNanos()),
                            mean(series, distance, Sample::refused), mean(series, distance, Sample::empty)));
                }
            }
        }
        return rows;
    }

    private static double mean(Series series, Distance distance, ToDoubleFunction<Sample> column) {
        return series.samples().stream()
                .filter(sample -> sample.distance() == distance)
                .mapToDouble(column)
                .average()
                .orElse(0);
    }

    boolean isFew() {
        return summary.samples() < Summary.MIN_SAMPLES;
    }

    /// The cells that text and HTML share; empty if not measured.
    List<String> cells() {
        return List.of(
                series.name(),
                distance.text(),
                Digits.text(summary.median()),
                Digits.interval(summary.low(), summary.high()),
                Integer.toString(summary.samples()),
                isFew() ? "few" : "",
                probes.isPresent() ? Digits.text(probes.getAsDouble()) : "",
                refused == 0 ? "" : Digits.text(refused),
                empty == 0 ? "" : Digits.text(empty));
    }

    /// The headings of the [#cells].
    static List<String> headings(Result result) {
        return List.of(
                "subject", "distance", "median", "interval", "n", "", Unit.of(result.unit()).probesHeading(),
                "refused", "empty");
    }

    /// Remarks below a table: the meaning of columns, samples that are not counted, subjects without samples, and the
    /// details of subjects.
    static List<String> remarks(Result result) {
        List<String> remarks = new ArrayList<>();
        List<Row> rows = of(result);
        if (rows.stream().anyMatch(row -> row.probes.isPresent())) {
            remarks.add(Unit.of(result.unit()).probesMeaning());
        }
        if (rows.stream().anyMatch(row -> row.refused != 0 || row.empty != 0)) {
            remarks.add("refused, empty: sends without room, and receives without a message, for each message");
        }
        List<String> moved = result.series().stream().flatMap(series -> moved(series).stream()).toList();
        if (!moved.isEmpty()) {
            remarks.add("not counted, since the cores moved: " + String.join(", ", moved));
        }
        for (Series series : result.series()) {
            if (series.samples().isEmpty()) {
                remarks.add(series.name() + ": no samples");
            }
            if (!series.detail().isBlank()) {
                remarks.add(series.name() + ": " + series.detail());
            }
        }
        return remarks;
    }

    private static Optional<String> moved(Series series) {
        long moved = series.samples().stream().filter(sample -> sample.distance() == Distance.MOVED).count();
        return moved == 0
                ? Optional.empty()
                : Optional.of("%s %s of %s".formatted(series.name(), moved, series.samples().size()));
    }
}
