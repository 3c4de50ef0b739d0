package io.sluice.core.error;

import java.io.Serial;

/// The file is not a valid Sluice object: it is foreign, truncated, enlarged or overwritten, or what a dead process
/// held in it cannot be given back. If the file was truncated while it was open, the cause is the JVM's
/// `InternalError`. Unlink the object, or remove the file.
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
