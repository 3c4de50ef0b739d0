package io.sluice.shm.pipe;

import java.io.IOException;

/// No process will read the message: the other side closed its end, or died. Nothing was sent.
public final class BrokenPipeException extends IOException {
    private static final long serialVersionUID = 1L;

    /// An exception with this text.
    ///
    /// @param message names the pipe, and says whether the other side closed or died
    public BrokenPipeException(String message) {
        super(message);
    }
}
