package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// All owner slots of the space belong to live processes. Close one, or recreate the space with more slots.
public final class SpaceFullException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public SpaceFullException(String message) {
        super(message);
    }
}
