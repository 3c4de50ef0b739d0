package io.sluice.core.error;

import java.io.Serial;

/// The object exists and differs from what the caller asked for: in kind, element type, capacity or parameter, or in
/// the layout version of the release that created it. Nothing was attached. Open it with what it was created with, in
/// the release that created it; or choose another name; or unlink it first.
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
