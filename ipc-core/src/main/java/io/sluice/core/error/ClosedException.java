package io.sluice.core.error;

import java.io.Serial;

/// The handle, or the space it came from, was closed in this process. Other processes are not affected.
public final class ClosedException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message names what was closed
    public ClosedException(String message) {
        super(message);
    }
}
