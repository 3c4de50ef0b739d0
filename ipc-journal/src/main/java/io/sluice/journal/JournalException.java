package io.sluice.journal;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// A journal cannot be written or read: it is not there, is none, is damaged, is in use, or its engine cannot work.
public class JournalException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public JournalException(String message) {
        super(message);
    }

    /// Makes one that was caused by another failure.
    ///
    /// @param message what was expected, what was found, and the way out
    /// @param cause the failure below
    public JournalException(String message, Throwable cause) {
        super(message, cause);
    }
}
