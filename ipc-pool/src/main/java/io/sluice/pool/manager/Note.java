package io.sluice.pool.manager;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a client tells its server on the side, and how a connection begins: a kind and two numbers.
///
/// ```
///     0  | kind (1) | first (8) | second (8) |
/// ```
///
/// @param kind one of the constants
/// @param first see the kind
/// @param second see the kind
record Note(byte kind, long first, long second) {
    /// The first message of a process. Its connection is its lifeline; the answer is the id of the server and the
    /// token of the session.
    static final byte HELLO = 1;
    /// The first message of a connection for calls: the token of the session.
    static final byte JOIN = 2;
    /// An object, and how often it was received: this process has no proxy of it any more.
    static final byte RELEASE = 3;
    /// The number of a call that was interrupted.
    static final byte CANCEL = 4;
    /// The number of a call that was cancelled and has been answered.
    static final byte FORGET = 5;

    private static final int BYTES = 1 + 2 * Long.BYTES;

    byte[] bytes() {
        return ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder())
                .put(kind).putLong(first).putLong(second).array();
    }

    /// Reads a note.
    ///
    /// @return null if the bytes are none
    static Note of(byte[] bytes) {
        if (bytes.length != BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return new Note(in.get(), in.getLong(), in.getLong());
    }
}
