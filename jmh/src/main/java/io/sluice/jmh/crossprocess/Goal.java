package io.sluice.jmh.crossprocess;

/// A quotient that a match asks for: ours over a peer's.
///
/// @param ours name of a contestant
/// @param peer name of a contestant, or what a constant is
/// @param constant the peer's value where it was measured elsewhere, otherwise NaN
/// @param bound what the quotient should reach, or not exceed, as the measure has it; NaN if it only informs
record Goal(String ours, String peer, double constant, double bound) {
    static Goal against(String ours, String peer, double bound) {
        return new Goal(ours, peer, Double.NaN, bound);
    }

    static Goal inform(String ours, String peer) {
        return against(ours, peer, Double.NaN);
    }

    boolean isMeasured() {
        return Double.isNaN(constant);
    }

    boolean isBound() {
        return !Double.isNaN(bound);
    }
}
