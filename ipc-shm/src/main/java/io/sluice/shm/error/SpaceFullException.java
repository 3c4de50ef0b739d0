package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// As many live processes have the space open as it has places. End one, or recreate the space with more: see
/// [io.sluice.shm.space.SpaceOptions#withMaxProcesses].
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
