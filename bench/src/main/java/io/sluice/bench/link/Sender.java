package io.sluice.bench.link;

/// The writing end of a link.
@FunctionalInterface
public interface Sender {
    /// Sends the message of a number, its whole payload, if there is room.
    ///
    /// @param sequence its number, with its sender in the upper bits
    /// @return false if it was refused; nothing was sent
    boolean trySend(long sequence);

    /// The number of the first message of a sender.
    ///
    /// @param sender which of them, from 0
    /// @return with the sender in the upper bits
    static long firstSequence(int sender) {
        return (long) sender << SequenceCheck.SENDER_SHIFT;
    }
}
