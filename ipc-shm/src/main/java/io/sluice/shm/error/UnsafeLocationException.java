package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// A directory or a file is not private to this user: another owner, an open mode, a symbolic link, another type.
/// Nothing was changed. Repair it or choose another root.
public final class UnsafeLocationException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public UnsafeLocationException(String message) {
        super(message);
    }
}
