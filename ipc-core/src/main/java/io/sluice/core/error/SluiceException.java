package io.sluice.core.error;

import java.io.Serial;

/// What all failures of Sluice have in common. Each subclass stands for one thing that a caller can do about it, and
/// each message names the object, what was expected, what was found, and the way out.
///
/// Misuse of a method is an `IllegalArgumentException`, and a handle used after its end a [ClosedException].
public class SluiceException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public SluiceException(String message) {
        super(message);
    }

    /// Makes one that was caused by another failure.
    ///
    /// @param message what was expected, what was found, and the way out
    /// @param cause the failure below
    public SluiceException(String message, Throwable cause) {
        super(message, cause);
    }
}
