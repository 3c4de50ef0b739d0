package io.sluice.bench.report;

import java.util.List;

/// A ratio that a benchmark asks for: ours over the best of some peers.
///
/// @param ours name of a series
/// @param peers names of series, the best of which counts
/// @param bound what the ratio should reach, or not exceed, as the unit has it; 0 if it only informs
public record Goal(String ours, List<String> peers, double bound) {
    /// Ours over one peer.
    ///
    /// @param ours name of a series
    /// @param peer name of a series
    /// @param bound what is asked for
    /// @return the goal
    public static Goal against(String ours, String peer, double bound) {
        return new Goal(ours, List.of(peer), bound);
    }

    /// Ours over one peer, nothing asked for.
    ///
    /// @param ours name of a series
    /// @param peer name of a series
    /// @return the goal
    public static Goal inform(String ours, String peer) {
        return against(ours, peer, 0);
    }

    /// As the reports write it.
    ///
    /// @return the names
    public String text() {
        return ours + " / " + (peers.size() == 1 ? peers.getFirst() : "best of " + String.join(", ", peers));
    }
}
