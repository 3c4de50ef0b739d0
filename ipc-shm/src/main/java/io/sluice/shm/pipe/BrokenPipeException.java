package io.sluice.shm.pipe;

import java.io.IOException;

/// Nobody will read what was to be sent: the other side closed its end, or died. Nothing was sent.
public final class BrokenPipeException extends IOException {
    private static final long serialVersionUID = 1L;

    /// An exception with this text.
    ///
    /// @param message names the pipe, and what became of the other side
    public BrokenPipeException(String message) {
        super(message);
    }
}
