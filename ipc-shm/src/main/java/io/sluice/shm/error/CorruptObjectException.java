package io.sluice.shm.error;

import java.io.Serial;

/// The file is not an object of Sluice, or is one no longer: foreign, truncated, enlarged, overwritten. Nothing was
/// mapped. Remove the file if nobody needs it.
public final class CorruptObjectException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public CorruptObjectException(String message) {
        super(message);
    }
}
