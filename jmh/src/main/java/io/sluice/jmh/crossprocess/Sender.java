package io.sluice.jmh.crossprocess;

/// The writing end of a link.
@FunctionalInterface
interface Sender {
    /// Sends the message of a number, its whole payload, if there is room.
    ///
    /// @return false if it was refused; nothing was sent
    boolean trySend(long sequence);
}
