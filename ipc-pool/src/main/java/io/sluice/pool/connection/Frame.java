package io.sluice.pool.connection;

/// The form of a message in a stream: its length, its kind, its bytes.
///
/// ```
///     0  | length (4, big-endian) | kind (1) | length bytes |
/// ```
final class Frame {
    static final int HEADER_BYTES = 5;

    /// An object, as the codec writes it.
    static final byte OBJECT = 1;
    /// Bytes of the user.
    static final byte BYTES = 2;
    /// Nothing follows: the sender closed. Its length is 0.
    static final byte FAREWELL = 3;
    /// The identity of the codec, in UTF-8: the first message of each side.
    static final byte GREETING = 4;
    /// Instead of a greeting: why the listener ends the connection, in UTF-8.
    static final byte REFUSAL = 5;
    /// Before the greeting of a client that would move to shared memory: its host and user, in UTF-8.
    static final byte HOST = 6;
    /// Before the greeting of a listener: where its pipe is, and a nonce.
    static final byte MOVE = 7;
    /// The client is in the pipe. Its length is 0.
    static final byte MOVED = 8;
    /// The client does not reach the pipe, so the connection stays on the socket. Its length is 0.
    static final byte STAYS = 9;

    private Frame() {}
}
