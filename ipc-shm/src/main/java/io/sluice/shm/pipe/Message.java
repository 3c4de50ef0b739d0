package io.sluice.shm.pipe;

import io.sluice.shm.object.Kind;

/// The values of the type of a message in a pipe.
final class Message {
    /// An encoded object.
    static final int OBJECT = 0;
    /// Bytes as they are.
    static final int BYTES = 1;
    /// Added if the message lies in a side region and the ring holds its length, 4 bytes.
    static final int SIDE = Kind.PIPE_IN_FILE;

    private Message() {}
}
