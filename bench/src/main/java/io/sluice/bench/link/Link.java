package io.sluice.bench.link;

/// One direction between two processes. Each process opens the end that it plays, at most once.
public interface Link {
    /// Opens the writing end.
    ///
    /// @return ready, or connected with the first message
    Sender sender();

    /// Opens the reading end.
    ///
    /// @return ready, or connected with the first look
    Receiver receiver();
}
