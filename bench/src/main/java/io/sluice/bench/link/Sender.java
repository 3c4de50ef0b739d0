package io.sluice.bench.link;

/// The writing end of a link.
@FunctionalInterface
public interface Sender {
    /// Sends a message with its whole payload, if there is room.
    ///
    /// @param sequence number of the message, with its sender in the upper bits
    /// @return false if there is no room; nothing was sent
    boolean trySend(long sequence);

    /// Number of the first message of a sender.
    ///
    /// @param sender index, from 0
    /// @return the number, with the sender in the upper bits
    static long firstSequence(int sender) {
        return (long) sender << SequenceCheck.SENDER_SHIFT;
    }
}
