package io.sluice.bench.link;

/// One direction between two processes. Each process opens the end of its role, at most once.
public interface Link {
    /// Opens the writing end.
    ///
    /// @return the end; it may connect with the first message
    Sender sender();

    /// Opens the reading end.
    ///
    /// @return the end; it may connect with the first receive
    Receiver receiver();
}
