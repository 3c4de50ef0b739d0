package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// The object was laid out by a release that this one does not understand. Use the same release in all processes, or
/// recreate the object.
public final class LayoutVersionException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public LayoutVersionException(String message) {
        super(message);
    }
}
