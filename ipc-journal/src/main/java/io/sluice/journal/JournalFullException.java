package io.sluice.journal;

import java.io.Serial;

/// The disk has less room than the journal leaves free. Everything that was appended before is there; once there is
/// room again, a new writer goes on.
public final class JournalFullException extends JournalException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public JournalFullException(String message) {
        super(message);
    }
}
