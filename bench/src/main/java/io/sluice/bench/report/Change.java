package io.sluice.bench.report;

/// The change of a subject's values at one distance, from one report to another.
///
/// @param result name of the result
/// @param subject name of the series
/// @param distance of the cores
/// @param unit of the values
/// @param higherIsBetter whether a greater value is better
/// @param before summary in the earlier report, of at least one sample
/// @param after summary in the later report, of at least one sample
public record Change(
        String result,
        String subject,
        Distance distance,
        String unit,
        boolean higherIsBetter,
        Summary before,
        Summary after) {

    /// Change of the median.
    ///
    /// @return percent of the earlier median; not finite if that is 0 or NaN
    public double percent() {
        return percent(before.median(), after.median());
    }

    static double percent(double before, double after) {
        return before == after ? 0 : 100 * (after / before - 1);
    }

    /// Verdict of the two intervals.
    ///
    /// @return whether they overlap, or which one is better
    public Verdict verdict() {
        return Verdict.of(before.low(), before.high(), after.low(), after.high(), higherIsBetter);
    }

    /// Whether a side has too few samples for a 90 % confidence interval.
    ///
    /// @return true if the verdict means little
    public boolean isFew() {
        return Math.min(before.samples(), after.samples()) < Summary.MIN_SAMPLES;
    }

    /// The verdict as reports show it.
    ///
    /// @return in words, with a mark if there are few samples
    public String text() {
        return speed() + (isFew() ? " (few)" : "");
    }

    /// Loads are better or worse; durations and rates are faster or slower.
    private String speed() {
        boolean isLoad = Unit.of(unit).kind() == Unit.Kind.OTHER;
        return switch (verdict()) {
            case BETTER -> isLoad ? verdict().text() : "faster";
            case WORSE -> isLoad ? verdict().text() : "slower";
            case WITHIN_NOISE, UNKNOWN -> verdict().text();
        };
    }
}
