package io.sluice.core.error;

import java.io.Serial;

/// The object exists and differs from the request: another kind, element type, capacity or parameter. Nothing was
/// attached. Open it with what it was created with, choose another name, or unlink it first.
public final class MismatchException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public MismatchException(String message) {
        super(message);
    }
}
