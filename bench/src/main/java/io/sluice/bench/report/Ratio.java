package io.sluice.bench.report;

import java.util.Locale;
/// Ours over a peer's, at one distance of the cores.
///
/// @param goal what was asked
/// @param distance of the cores
/// @param peer whose it is: the best of those that the goal names
/// @param value of the medians
/// @param low the least that their intervals allow
/// @param high the greatest that their intervals allow
/// @param higherIsBetter which way is up
public record Ratio(
        Goal goal, Distance distance, String peer, double value, double low, double high, boolean higherIsBetter) {

    /// Whether something was asked for.
    ///
    /// @return whether the goal has a bound
    public boolean isBound() {
        return goal.bound() != 0;
    }

    /// Whether the median does what was asked for.
    ///
    /// @return whether the bound is kept
    public boolean isReached() {
        return higherIsBetter ? value >= goal.bound() : value <= goal.bound();
    }

    /// What was asked for, in words.
    ///
    /// @return `at least` or `at most` the bound; empty if the ratio only informs
    public String asked() {
        return isBound() ? (higherIsBetter ? "at least " : "at most ") + Digits.round(goal.bound()) : "";
    }

    /// As the reports write it.
    ///
    /// @return value, and whether it is what was asked for
    public String text() {
        String verdict = isReached() ? " (reached)" : " (MISSED)";
        return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]%s", value, low, high, isBound() ? verdict : "");
    }
}
