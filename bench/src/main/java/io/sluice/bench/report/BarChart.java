package io.sluice.bench.report;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;

/// The medians of a result as bars, with their intervals, grouped by distance.
///
/// Bars begin at 0. If one median is a hundred times another, the small bars would be invisible. Then the axis is
/// logarithmic, which its label says, and points replace the bars, since the length of a bar has no meaning there.
public final class BarChart {
    static final double WIDTH = 820;
    private static final double ROW = 26;
    private static final double BAR = 15;
    private static final double HEADING = 30;
    private static final double LEGEND = 26;
    private static final double FOOT = 46;
    private static final double VALUE = 90;
    static final double CHARACTER = 7.6;
    static final int LONGEST_NAME = 36;
    private static final double MAX_LINEAR_FACTOR = 100;

    private final Result result;
    private final List<Row> rows;
    private final Axis axis;
    private final double left;
    private final Element shapes = Svg.group(0, 0);
    private double y;

    private BarChart(Result result) {
        this.result = result;
        this.rows = Row.of(result);
        this.axis = axis(rows);
        int longest = rows.stream()
                .mapToInt(row -> Math.min(LONGEST_NAME, row.series().name().length()))
                .max()
                .orElse(0);
        this.left = Math.max(70, longest * CHARACTER) + 14;
        draw();
    }

    /// The chart as an element of a page, which has the style sheet.
    static Element of(Result result) {
        BarChart chart = new BarChart(result);
        return Svg.picture(WIDTH, chart.y, chart.label()).add(chart.shapes);
    }

    /// The chart as a separate file, with its own background and style sheet.
    ///
    /// @param result to be drawn
    /// @return SVG
    public static String standalone(Result result) {
        BarChart chart = new BarChart(result);
        return StandaloneChart.of(result.name(), result.question(), chart.shapes, chart.y) + "\n";
    }

    private String label() {
        return result.question() + " Medians in " + result.unit();
    }

    private static Axis axis(List<Row> rows) {
        double[] medians = finite(rows.stream().mapToDouble(row -> row.summary().median())).toArray();
        double[] ends = finite(rows.stream()
                .flatMapToDouble(row -> DoubleStream.of(row.summary().low(), row.summary().high())))
                .toArray();
        double min = DoubleStream.of(medians).min().orElse(1);
        double max = DoubleStream.of(medians).max().orElse(1);
        if (max / min < MAX_LINEAR_FACTOR || medians.length == 0) {
            return Axis.linear(DoubleStream.of(ends).max().orElse(1));
        }
        return Axis.logarithmic(DoubleStream.of(ends).min().orElse(min), DoubleStream.of(ends).max().orElse(max));
    }

    /// The values that a logarithmic axis can show.
    private static DoubleStream finite(DoubleStream values) {
        return values.filter(value -> value > 0 && Double.isFinite(value));
    }

    private void draw() {
        legend();
        for (Distance distance : result.distances()) {
            heading(distance);
            List<Row> group = rows.stream().filter(row -> row.distance() == distance).toList();
            grid(group.size() * ROW);
            group.forEach(this::row);
        }
        if (rows.isEmpty()) {
            shapes.add(Svg.text("muted", left, y + 20, "no samples"));
            y += HEADING;
        }
        scale();
    }

    private void legend() {
        Set<SubjectRole> parts = EnumSet.noneOf(SubjectRole.class);
        rows.forEach(row -> parts.add(SubjectRole.of(result, row.series())));
        if (parts.size() < 2) {
            return;
        }
        double x = left;
        for (SubjectRole part : parts) {
            shapes.add(Svg.rectangle(part.style(), x, 6, 12, 12));
            shapes.add(Svg.text("muted", x + 18, 16.5, part.text()));
            x += 46 + part.text().length() * CHARACTER;
        }
        y += LEGEND;
    }

    /// The distance, and the round trip of a bare cache line there; nothing if the only distance is [Distance#ANY].
    private void heading(Distance distance) {
        if (distance == Distance.ANY && result.distances().size() == 1) {
            y += 6;
            return;
        }
        List<Sample> samples = result.series().stream().flatMap(series -> series.samples().stream())
                .filter(sample -> sample.distance() == distance)
                .toList();
        double probe = Summary.of(samples).probeNanos();
        String line = probe > 0 ? "; round trip of a bare cache line: %s".formatted(Digits.duration(probe)) : "";
        shapes.add(Svg.text("muted", left, y + 20, distance.text() + line));
        y += HEADING;
    }

    private void row(Row row) {
        Summary summary = row.summary();
        double middle = y + ROW / 2;
        String name = row.series().name();
        String style = SubjectRole.of(result, row.series()).style();
        Element group = Svg.group(0, 0).add(Svg.tip("%s, %s: %s %s %s, %s samples".formatted(
                name, row.distance().text(), Digits.text(summary.median()),
                Digits.interval(summary.low(), summary.high()), result.unit(), summary.samples())));
        group.add(Svg.text("end name-" + style, left - 10, middle + 4.5, Lines.shorten(name, LONGEST_NAME)));
        if (isDrawn(summary.median())) {
            mark(group, style, summary.median(), middle);
        }
        if (isDrawn(summary.low()) && isDrawn(summary.high())) {
            whisker(group, x(summary.low()), x(summary.high()), middle);
        }
        group.add(Svg.text("value", Math.max(x(summary.median()), x(summary.high())) + 9, middle + 4.5,
                Digits.text(summary.median()) + (row.isFew() ? " (few)" : "")));
        shapes.add(group);
        y += ROW;
    }

    private void mark(Element group, String style, double median, double middle) {
        if (axis.logarithmic()) {
            group.add(Svg.line("guide", left, middle, x(median), middle));
            group.add(Svg.circle(style, x(median), middle, 6));
        } else {
            group.add(Svg.rectangle(style, left, middle - BAR / 2, x(median) - left, BAR));
        }
    }

    private static void whisker(Element group, double low, double high, double middle) {
        group.add(Svg.line("whisker", low, middle, high, middle));
        group.add(Svg.line("whisker", low, middle - 4, low, middle + 4));
        group.add(Svg.line("whisker", high, middle - 4, high, middle + 4));
    }

    /// False for NaN and infinities, and for values up to 0 on a logarithmic axis.
    private boolean isDrawn(double value) {
        return Double.isFinite(value) && (value > 0 || !axis.logarithmic());
    }

    private double x(double value) {
        return left + axis.position(value) * (WIDTH - VALUE - left);
    }

    private void grid(double height) {
        axis.ticks().forEach(tick -> shapes.add(Svg.line("grid", x(tick), y, x(tick), y + height)));
        shapes.add(Svg.line("axis", left, y, left, y + height));
    }

    private void scale() {
        for (double tick : axis.ticks()) {
            shapes.add(Svg.text("middle tick", x(tick), y + 19, Digits.round(tick)));
        }
        shapes.add(Svg.text("muted", left, y + 38, "%s, %s is better%s".formatted(
                result.unit(), result.higherIsBetter() ? "higher" : "lower",
                axis.logarithmic() ? "; the axis is logarithmic" : "")));
        y += FOOT;
    }
}
