package io.sluice.bench.report;

/// What two 90 % confidence intervals say about a change. Disjoint intervals are a stricter test than one at 90 %. If
/// they overlap, there may still be a change.
public enum Verdict {
    /// They overlap: the difference may be noise.
    WITHIN_NOISE,
    /// They are disjoint, and the later one is better.
    BETTER,
    /// They are disjoint, and the later one is worse.
    WORSE,
    /// An end of an interval is NaN.
    UNKNOWN;

    static Verdict of(double oldLow, double oldHigh, double low, double high, boolean higherIsBetter) {
        if (high < oldLow || low > oldHigh) {
            return low > oldHigh == higherIsBetter ? BETTER : WORSE;
        }
        return low <= oldHigh && oldLow <= high ? WITHIN_NOISE : UNKNOWN;
    }

    /// The verdict as reports show it.
    ///
    /// @return in words
    public String text() {
        return switch (this) {
            case WITHIN_NOISE -> "within the noise";
            case BETTER -> "better";
            case WORSE -> "worse";
            case UNKNOWN -> "unknown";
        };
    }
}
