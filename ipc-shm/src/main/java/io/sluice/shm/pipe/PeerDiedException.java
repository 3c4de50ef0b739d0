package io.sluice.shm.pipe;

import java.io.EOFException;

/// The end of a stream whose sender died without closing it. Everything it had sent was received before.
public final class PeerDiedException extends EOFException {
    private static final long serialVersionUID = 1L;

    /// An exception with this text.
    ///
    /// @param message names the pipe
    public PeerDiedException(String message) {
        super(message);
    }
}
