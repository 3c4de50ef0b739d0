package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;

/// An axis of a chart: the positions of values, and ticks at round numbers.
///
/// @param logarithmic whether equal distances are equal factors
/// @param low value at the start
/// @param high value at the end
/// @param ticks values of the ticks, from low to high
record Axis(boolean logarithmic, double low, double high, List<Double> ticks) {
    private static final double[] STEPS = {1, 2, 5, 10};
    private static final double[] LINEAR_STEPS = {1, 2, 2.5, 5, 10};
    private static final int INTERVALS = 5;
    private static final int MAX_DECADES = 8;
    private static final double SLACK = 1e-9;

    /// From 0 to a round number that is at least `max`.
    static Axis linear(double max) {
        double end = max > 0 && Double.isFinite(max) ? max : 1;
        double step = roundUp(end / INTERVALS, LINEAR_STEPS);
        List<Double> ticks = new ArrayList<>();
        long count = (long) Math.ceil(end / step - SLACK);
        for (long i = 0; i <= count; i++) {
            ticks.add(i * step);
        }
        return new Axis(false, 0, count * step, ticks);
    }

    /// From a round number to a round number, with both values between them. Ticks are powers of ten and, on a short
    /// axis, their multiples by 2 and 5.
    ///
    /// @param min greater than 0
    /// @param max at least `min`
    static Axis logarithmic(double min, double max) {
        return max / min > 100 ? decades(min, max) : steps(min, max);
    }

    private static Axis decades(double min, double max) {
        int first = (int) Math.floor(Math.log10(min) + SLACK);
        int last = (int) Math.ceil(Math.log10(max) - SLACK);
        int stride = Math.ceilDiv(last - first, MAX_DECADES);
        List<Double> ticks = new ArrayList<>();
        for (int exponent = first; exponent <= last; exponent += stride) {
            ticks.add(Math.pow(10, exponent));
        }
        return new Axis(true, Math.pow(10, first), Math.pow(10, last), ticks);
    }

    private static Axis steps(double min, double max) {
        List<Double> ticks = new ArrayList<>();
        double tick = roundDown(min);
        ticks.add(tick);
        while (ticks.size() < 2 || tick < max * (1 - SLACK)) {
            tick = roundUp(tick * 1.5, STEPS);
            ticks.add(tick);
        }
        return new Axis(true, ticks.getFirst(), tick, ticks);
    }

    private static double roundUp(double value, double[] steps) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : steps) {
            if (step * decade >= value * (1 - SLACK)) {
                return step * decade;
            }
        }
        throw new AssertionError("no step above " + value);
    }

    private static double roundDown(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value) + SLACK));
        return (value >= 5 * decade ? 5 : value >= 2 * decade ? 2 : 1) * decade;
    }

    /// Position of a value.
    ///
    /// @return from 0 to 1; the nearer end for a value outside; 0 for NaN
    double position(double value) {
        double part = logarithmic
                ? Math.log(value / low) / Math.log(high / low)
                : (value - low) / (high - low);
        return Double.isNaN(part) ? 0 : Math.clamp(part, 0.0, 1.0);
    }
}
