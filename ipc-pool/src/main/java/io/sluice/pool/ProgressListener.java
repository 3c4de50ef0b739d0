package io.sluice.pool;

/// Receives the progress of a map.
@FunctionalInterface
public interface ProgressListener {
    /// Called about ten times a second while elements complete, and at the end; one call at a time, in a thread of its
    /// own, so that a slow listener delays nothing else. What it throws is logged.
    ///
    /// @param progress the state at the time of the call
    void progressed(Progress progress);
}
