package io.sluice.bench.report;

import java.util.List;
import java.util.Locale;

/// The latencies of a result at one distance, a curve for each subject. The axis of the percentiles is 1/(1-p),
/// logarithmic, so that high percentiles are visible. A curve ends where there are too few latencies to tell a
/// percentile from the maximum, which is a separate point at the right.
final class PercentileChart {
    private static final double WIDTH = BarChart.WIDTH;
    private static final double LEFT = 70;
    private static final double LEGEND_LINE = 76;
    private static final double TOP = 10;
    private static final double PLOT = 300;
    private static final double FOOT = 48;
    private static final double LEGEND_ROW = 22;
    /// Power of ten of 1/(1-p) at 99.99 %.
    private static final double NINES = 4;
    private static final double MAXIMUM = 4.4;
    private static final int POINTS = 200;
    private static final List<Double> TICKS = List.of(0., 50., 90., 99., 99.9, 99.99);

    private final Result result;
    private final List<Percentiles> curves;
    private final Axis axis;
    private final double right;
    private final double height;

    private PercentileChart(Result result, Distance distance, List<Percentiles> all) {
        this.result = result;
        this.curves = all.stream().filter(one -> one.distance() == distance).toList();
        // One axis for all distances, so that their charts compare.
        this.axis = Axis.logarithmic(
                all.stream().mapToDouble(one -> atLeastOne(one.nanos(0))).min().orElse(1),
                all.stream().mapToDouble(one -> atLeastOne(one.nanos(100))).max().orElse(1));
        int longest = curves.stream().mapToInt(one -> name(one).length()).max().orElse(0);
        this.right = WIDTH - LEGEND_LINE - longest * BarChart.CHARACTER;
        this.height = TOP + Math.max(PLOT, curves.size() * LEGEND_ROW) + FOOT;
    }

    /// The chart as an element of a page, which has the style sheet.
    ///
    /// @param all percentiles of the result, at least one at this distance
    static Element of(Result result, Distance distance, List<Percentiles> all) {
        return new PercentileChart(result, distance, all).draw(distance);
    }

    private Element draw(Distance distance) {
        Element picture = Svg.picture(WIDTH, height, "Latencies, " + distance.text() + ": " + result.question());
        grid(picture);
        for (int i = 0; i < curves.size(); i++) {
            Percentiles curve = curves.get(i);
            String style = style(curve.series());
            picture.add(curve(curve, style));
            picture.add(Svg.circle("dot " + style, x(MAXIMUM), y(curve.nanos(100)), 3.5));
            double middle = TOP + LEGEND_ROW * (i + 0.5);
            picture.add(Svg.line("curve " + style, right + 26, middle, right + 56, middle));
            picture.add(Svg.text("name-" + SubjectRole.of(result, curve.series()).style(),
                    right + 63, middle + 4.5, name(curve)));
        }
        return picture;
    }

    /// The same in all charts of a result. Lines of ours are solid, others dashed, so colour is not the only
    /// difference.
    private String style(Series series) {
        int colour = result.series().indexOf(series) % Style.COLOURS;
        return "c" + colour + (SubjectRole.of(result, series) == SubjectRole.OURS ? "" : " dashed");
    }

    private Element curve(Percentiles curve, String style) {
        double end = Math.min(NINES, Math.log10((double) curve.latencies().getTotalCount()));
        StringBuilder points = new StringBuilder();
        for (int i = 0; i <= POINTS; i++) {
            double nines = end * i / POINTS;
            double percent = 100 * (1 - Math.pow(10, -nines));
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(nines), y(curve.nanos(percent))));
        }
        return Element.of("polyline")
                .with("class", "curve " + style)
                .with("points", points.toString().strip())
                .add(Svg.tip(curve.series().name()));
    }

    private void grid(Element picture) {
        double bottom = height - FOOT;
        for (double tick : axis.ticks()) {
            picture.add(Svg.line("grid", LEFT, y(tick), x(MAXIMUM), y(tick)));
            picture.add(Svg.text("end tick", LEFT - 8, y(tick) + 4, Digits.roundDuration(tick)));
        }
        for (double percent : TICKS) {
            double x = x(-Math.log10(1 - percent / 100));
            picture.add(Svg.line("grid", x, TOP, x, bottom));
            picture.add(Svg.text("middle tick", x, bottom + 17, Digits.round(percent) + " %"));
        }
        picture.add(Svg.line("grid", x(MAXIMUM), TOP, x(MAXIMUM), bottom));
        picture.add(Svg.text("middle tick", x(MAXIMUM), bottom + 17, "max"));
        picture.add(Svg.line("axis", LEFT, bottom, x(MAXIMUM), bottom));
        picture.add(Svg.line("axis", LEFT, TOP, LEFT, bottom));
        picture.add(Svg.text("muted", LEFT, bottom + 38,
                "share of the messages that took no longer; both axes are logarithmic"));
    }

    private static String name(Percentiles curve) {
        return Lines.shorten(curve.series().name(), BarChart.LONGEST_NAME);
    }

    private double x(double nines) {
        return LEFT + nines / MAXIMUM * (right - LEFT);
    }

    private double y(double value) {
        return height - FOOT - axis.position(atLeastOne(value)) * (height - FOOT - TOP);
    }

    /// A latency below the resolution of the clock is 0, which a logarithmic axis cannot show.
    private static double atLeastOne(double nanos) {
        return Math.max(1, nanos);
    }
}
