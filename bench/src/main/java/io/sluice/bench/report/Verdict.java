package io.sluice.bench.report;

/// What two intervals say about a change. Two of 90 % that lie apart are a stricter test than one of 90 %; behind two
/// that overlap there may still be a change.
public enum Verdict {
    /// They overlap: this may be chance.
    WITHIN_NOISE,
    /// They lie apart, and the later one on the better side.
    BETTER,
    /// They lie apart, and the later one on the worse side.
    WORSE,
    /// One of them is not of numbers.
    UNKNOWN;

    static Verdict of(double oldLow, double oldHigh, double low, double high, boolean higherIsBetter) {
        if (high < oldLow || low > oldHigh) {
            return low > oldHigh == higherIsBetter ? BETTER : WORSE;
        }
        return low <= oldHigh && oldLow <= high ? WITHIN_NOISE : UNKNOWN;
    }

    /// As the reports write it.
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
