package io.sluice.bench.report;

import java.util.List;

/// A ratio that a benchmark computes: ours over the best of some peers.
///
/// @param ours name of a series
/// @param peers names of series, of which the best counts
/// @param bound least or greatest good ratio, depending on the unit; 0 if there is none
public record Goal(String ours, List<String> peers, double bound) {
    /// Ours over one peer.
    ///
    /// @param ours name of a series
    /// @param peer name of a series
    /// @param bound least or greatest good ratio
    /// @return the goal
    public static Goal against(String ours, String peer, double bound) {
        return new Goal(ours, List.of(peer), bound);
    }

    /// Ours over one peer, without a bound.
    ///
    /// @param ours name of a series
    /// @param peer name of a series
    /// @return the goal
    public static Goal inform(String ours, String peer) {
        return against(ours, peer, 0);
    }

    /// The goal as reports show it.
    ///
    /// @return the names of both sides
    public String text() {
        return ours + " / " + (peers.size() == 1 ? peers.getFirst() : "best of " + String.join(", ", peers));
    }
}
