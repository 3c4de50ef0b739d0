package io.sluice.jmh.report;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// Latencies over the percentiles, a curve for each contestant: x is 1 / (1 - p), so that each nine has the same room; both
/// axes are logarithmic.
final class PercentileChart {
    private static final double WIDTH = 760;
    private static final double HEIGHT = 340;
    private static final double LEFT = 80;
    private static final double RIGHT = 150;
    private static final double TOP = 16;
    private static final double BOTTOM = 40;
    private static final String[] NINES = {"90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"};
    private static final int DECADES = NINES.length;
    private static final int POINTS_PER_DECADE = 40;

    private record Curve(String name, Histogram histogram) {}

    private final List<Curve> curves = new ArrayList<>();
    private double lowest = Double.MAX_VALUE;
    private double highest = 1;

    private PercentileChart(Result result, Distance distance) {
        for (Series series : result.series()) {
            series.latencies(distance).ifPresent(histogram -> {
                curves.add(new Curve(series.name(), histogram));
                lowest = Math.min(lowest, (double) Math.max(1, histogram.getValueAtPercentile(0)));
                highest = Math.max(highest, (double) histogram.getMaxValue());
            });
        }
    }

    /// Draws the latencies of a result at a distance.
    ///
    /// @return empty if it has none there
    static String of(Result result, Distance distance) {
        PercentileChart chart = new PercentileChart(result, distance);
        return chart.curves.isEmpty() ? "" : chart.draw(result);
    }

    private String draw(Result result) {
        Svg svg = new Svg(WIDTH, HEIGHT, result.question() + " Latencies by percentile.");
        drawAxes(svg);
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            svg.curve(points(curve.histogram()), Svg.colour(i));
            double y = TOP + 14 + i * 18;
            svg.rectangle(WIDTH - RIGHT + 14, y - 9, 12, 10, Svg.colour(i));
            svg.label(WIDTH - RIGHT + 32, y, "start", "", curve.name());
        }
        return svg.end();
    }

    private void drawAxes(Svg svg) {
        for (int nines = 0; nines <= DECADES; nines++) {
            double x = x(nines);
            svg.line(x, TOP, x, HEIGHT - BOTTOM, "axis");
            svg.label(x, HEIGHT - BOTTOM + 18, "middle", "quiet", nines == 0 ? "min"
                    : NINES[nines - 1]);
        }
        for (double value = Math.pow(10, Math.floor(Math.log10(lowest))); value <= highest * 10; value *= 10) {
            if (value >= floor() && value <= ceiling()) {
                double y = y(value);
                svg.line(LEFT, y, WIDTH - RIGHT, y, "axis");
                svg.label(LEFT - 8, y + 4, "end", "quiet", Numbers.nanos(value).replace(".00", "").replace(".0", ""));
            }
        }
    }

    private String points(Histogram histogram) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i <= DECADES * POINTS_PER_DECADE; i++) {
            double nines = (double) i / POINTS_PER_DECADE;
            double share = 1 - Math.pow(10, -nines);
            double value = Math.max(1.0, (double) histogram.getValueAtPercentile(100 * share));
            points.append(Numbers.coordinate(x(nines))).append(',').append(Numbers.coordinate(y(value))).append(' ');
            if ((1 - share) * histogram.getTotalCount() < 1) {
                break;                   // beyond the last sample there is only the maximum
            }
        }
        return points.toString().strip();
    }

    private static double x(double nines) {
        return LEFT + (WIDTH - LEFT - RIGHT) * nines / DECADES;
    }

    private double floor() {
        return lowest / 1.3;
    }

    private double ceiling() {
        return highest * 1.3;
    }

    private double y(double nanos) {
        double share = (Math.log10(nanos) - Math.log10(floor())) / (Math.log10(ceiling()) - Math.log10(floor()));
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
    }
}
