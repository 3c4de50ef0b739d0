package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// The caller asked to create the object itself, and the name is taken. Attach, choose another name, or unlink first.
public final class ObjectExistsException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public ObjectExistsException(String message) {
        super(message);
    }
}
