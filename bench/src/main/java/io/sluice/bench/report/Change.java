package io.sluice.bench.report;

/// What became of one subject's values at a distance from one report to another.
///
/// @param result name of the result
/// @param subject name of the series
/// @param distance of the cores
/// @param unit of the values
/// @param higherIsBetter which way is up
/// @param before of the earlier report; at least one sample
/// @param after of the later report; at least one sample
public record Change(
        String result,
        String subject,
        Distance distance,
        String unit,
        boolean higherIsBetter,
        Summary before,
        Summary after) {

    /// How much the median changed.
    ///
    /// @return percent of the earlier one; not finite if that is 0 or no number
    public double percent() {
        return percent(before.median(), after.median());
    }

    static double percent(double before, double after) {
        return before == after ? 0 : 100 * (after / before - 1);
    }

    /// Whether the intervals overlap.
    ///
    /// @return what they say
    public Verdict verdict() {
        return Verdict.of(before.low(), before.high(), after.low(), after.high(), higherIsBetter);
    }

    /// Whether a side has too few samples for an interval of 90 %.
    ///
    /// @return whether the verdict is worth little
    public boolean isFew() {
        return Math.min(before.samples(), after.samples()) < Summary.MIN_SAMPLES;
    }

    /// As the reports write it.
    ///
    /// @return the verdict, and whether it rests on few samples
    public String text() {
        return speed() + (isFew() ? " (few)" : "");
    }

    /// A load is better or worse, what takes time is faster or slower.
    private String speed() {
        boolean isLoad = Unit.of(unit).kind() == Unit.Kind.OTHER;
        return switch (verdict()) {
            case BETTER -> isLoad ? verdict().text() : "faster";
            case WORSE -> isLoad ? verdict().text() : "slower";
            case WITHIN_NOISE, UNKNOWN -> verdict().text();
        };
    }
}
