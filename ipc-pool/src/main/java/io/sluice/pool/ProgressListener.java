package io.sluice.pool;

/// Is told how far a map has come.
@FunctionalInterface
public interface ProgressListener {
    /// Called some ten times a second while elements become done, and at the end; one call at a time, in a thread of
    /// its own, so that a slow listener slows nothing else. What it throws is logged.
    ///
    /// @param progress the news
    void progressed(Progress progress);
}
