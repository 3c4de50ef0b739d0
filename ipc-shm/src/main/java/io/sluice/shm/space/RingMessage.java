package io.sluice.shm.space;

/// A message of a ring, queue, pipe or service, as it lies there: copied, not taken.
///
/// @param flow which way of messages, 0 and up; a pipe of two directions has two
/// @param position of its first slot; grows with each message
/// @param next where the message after it can begin
/// @param state what became of it
/// @param type what its producer gave it
/// @param bytes its payload, or that of the file that it lies in
/// @param whole whether the bytes are all of the message, as they were; false if its file is gone, or parts are
///     overwritten since it was consumed
@SuppressWarnings("ArrayRecordComponent") // a copy, handed to one reader
public record RingMessage(int flow, long position, long next, State state, int type, byte[] bytes, boolean whole) {
    /// What became of a message.
    public enum State {
        /// It waits to be taken; in a broadcast, it was sent.
        WAITING,
        /// It was taken, given back, and waits again.
        RETURNED,
        /// A process has taken it and not acknowledged it yet.
        TAKEN,
        /// It was taken and acknowledged, and its place was not used again.
        CONSUMED
    }
}
