package io.sluice.bench.report;

import java.util.Locale;
/// Ours over a peer's, at one distance of the cores.
///
/// @param goal that asks for it
/// @param distance of the cores
/// @param peer name of the best peer of the goal
/// @param value ratio of the medians
/// @param low least ratio that the intervals of both sides allow
/// @param high greatest ratio that the intervals of both sides allow
/// @param higherIsBetter whether a greater ratio is better
public record Ratio(
        Goal goal, Distance distance, String peer, double value, double low, double high, boolean higherIsBetter) {

    /// Whether the goal has a bound.
    ///
    /// @return false if the ratio only informs
    public boolean isBound() {
        return goal.bound() != 0;
    }

    /// Whether the ratio of the medians reaches the bound.
    ///
    /// @return whether it does; without meaning if there is no bound
    public boolean isReached() {
        return higherIsBetter ? value >= goal.bound() : value <= goal.bound();
    }

    /// The bound in words.
    ///
    /// @return `at least` or `at most` the bound; empty if there is none
    public String asked() {
        return isBound() ? (higherIsBetter ? "at least " : "at most ") + Digits.round(goal.bound()) : "";
    }

    /// The ratio as reports show it.
    ///
    /// @return value and interval, and whether the bound is reached
    public String text() {
        String verdict = isReached() ? " (reached)" : " (MISSED)";
        return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]%s", value, low, high, isBound() ? verdict : "");
    }
}
