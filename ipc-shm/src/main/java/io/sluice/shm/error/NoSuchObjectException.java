package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// No object or space has this name. Create it, or wait until its creator has.
public final class NoSuchObjectException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public NoSuchObjectException(String message) {
        super(message);
    }
}
