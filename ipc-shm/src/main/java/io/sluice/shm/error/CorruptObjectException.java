package io.sluice.shm.error;

import java.io.Serial;

/// The file is not an object of Sluice, or is one no longer: foreign, truncated, enlarged, overwritten. Nothing was
/// mapped, unless the file was truncated while it was open; the cause is the JVM's `InternalError` then. Remove the file
/// if no process needs it.
public final class CorruptObjectException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public CorruptObjectException(String message) {
        super(message);
    }

    /// Makes one that was caused by another failure.
    ///
    /// @param message what was expected, what was found, and the way out
    /// @param cause the failure below
    public CorruptObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}
