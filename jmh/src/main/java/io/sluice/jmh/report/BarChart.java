package io.sluice.jmh.report;

import java.util.ArrayList;
import java.util.List;

/// A bar for each contestant, with the interval that holds its true median, grouped by the distance of the cores.
public final class BarChart {
    private static final double WIDTH = 760;
    private static final double NAMES = 150;
    private static final double VALUES = 120;
    private static final double BAR = 18;
    private static final double STEP = 24;
    private static final double TITLE = 26;
    private static final double GROUP = 24;
    private static final double CAP = 4;
    /// From here on the smallest bars of a linear axis would not be seen.
    private static final double TOO_FAR_APART = 60;

    private static final String ALONE = """
            rect.back{fill:#fff}text{fill:#1f2328}.quiet{fill:#59636e}.error{stroke:#1f2328;stroke-width:1.5}\
            .axis{stroke:#d1d9e0}@media(prefers-color-scheme:dark){rect.back{fill:#0d1117}text{fill:#f0f6fc}\
            .quiet{fill:#9198a1}.error{stroke:#f0f6fc}.axis{stroke:#3d444d}}""";

    private record Bar(Series series, Summary summary, boolean ours) {}

    private final Result result;
    private final List<List<Bar>> groups = new ArrayList<>();
    private final List<Distance> distances;
    private double least = Double.MAX_VALUE;
    private double greatest;

    private BarChart(Result result, List<Distance> distances) {
        this.result = result;
        this.distances = distances;
        for (Distance distance : distances) {
            groups.add(bars(distance));
        }
    }

    private List<Bar> bars(Distance distance) {
        List<Bar> bars = new ArrayList<>();
        for (Series series : result.series()) {
            Summary summary = series.summary(distance);
            if (!summary.isEmpty() && Double.isFinite(summary.high())) {
                boolean ours = result.goals().stream().anyMatch(goal -> goal.ours().equals(series.name()));
                bars.add(new Bar(series, summary, ours));
                greatest = Math.max(greatest, summary.high());
                least = Math.min(least, summary.median() > 0 ? summary.median() : least);
            }
        }
        return bars;
    }

    /// Draws a result, for a page that has a style sheet.
    static String of(Result result) {
        return new BarChart(result, result.distances()).draw(false);
    }

    /// Draws a result as a file of its own, readable on light and dark ground.
    ///
    /// @param result what came out of a match
    /// @return SVG
    public static String standalone(Result result) {
        return new BarChart(result, result.distances()).draw(true);
    }

    private double height() {
        return TITLE + groups.stream().mapToDouble(bars -> GROUP + bars.size() * STEP).sum() + 12;
    }

    private boolean isLogarithmic() {
        return greatest / least > TOO_FAR_APART;
    }

    /// How long a bar is; the shortest of a logarithmic axis has a tenth of a decade.
    private double length(double value) {
        double room = WIDTH - NAMES - VALUES;
        if (!isLogarithmic()) {
            return greatest > 0 ? room * value / greatest : 0;
        }
        double start = Math.log10(least) - 0.1;
        return room * Math.max(0, Math.log10(value) - start) / (Math.log10(greatest) - start);
    }

    private String draw(boolean alone) {
        Svg svg = new Svg(WIDTH, height(), result.question());
        if (alone) {
            svg.style(ALONE);
            svg.background(WIDTH, height());
        }
        String unit = "%s, %s is better%s".formatted(result.unit(), result.higherIsBetter() ? "more" : "less",
                isLogarithmic() ? "; the axis is logarithmic" : "");
        svg.label(8, 17, "start", alone ? "strong" : "quiet", alone ? result.question() + " " + unit : unit);
        double y = TITLE;
        for (int i = 0; i < groups.size(); i++) {
            if (distances.get(i) != Distance.ANY) {
                double probe = groups.get(i).isEmpty() ? 0 : groups.get(i).getFirst().summary().probeNanos();
                svg.label(8, y + 15, "start", "quiet",
                        "cores %s: a bare cache line's round trip takes about %.0f ns".formatted(
                                distances.get(i).text(), probe));
            }
            y += GROUP;
            svg.line(NAMES, y - 2, NAMES, y + groups.get(i).size() * STEP, "axis");
            for (Bar bar : groups.get(i)) {
                draw(svg, bar, y);
                y += STEP;
            }
        }
        return svg.end();
    }

    private void draw(Svg svg, Bar bar, double y) {
        Summary summary = bar.summary();
        double middle = y + BAR / 2;
        double end = NAMES + length(summary.median());
        double low = NAMES + length(summary.low());
        double high = NAMES + length(summary.high());
        svg.label(NAMES - 8, middle + 4, "end", bar.ours() ? "strong" : "", bar.series().name());
        svg.rectangle(NAMES, y, end - NAMES, BAR, bar.ours() ? Svg.colour(0) : Svg.colour(6));
        svg.line(low, middle, high, middle, "error");
        svg.line(low, middle - CAP, low, middle + CAP, "error");
        svg.line(high, middle - CAP, high, middle + CAP, "error");
        svg.label(Math.max(end, high) + 8, middle + 4, "start", "", Numbers.text(summary.median())
                + (summary.samples() < Summary.ENOUGH ? " (few)" : ""));
    }
}
