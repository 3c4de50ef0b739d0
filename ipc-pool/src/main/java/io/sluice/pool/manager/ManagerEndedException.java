package io.sluice.pool.manager;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// The server of a manager has ended, or this process has left it: every pending call fails with this exception, and
/// so does every later one. The message says which, and the cause is what this process noticed first.
///
/// A call that was pending may have been done. Nothing of the manager comes back: start another one, and restore a
/// snapshot where there is one. A manager that a cluster keeps goes on with the other members: join again.
public final class ManagerEndedException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Tells what has ended.
    ///
    /// @param message which manager, and what to do
    /// @param cause what was noticed first; may be null
    public ManagerEndedException(String message, Throwable cause) {
        super(message, cause);
    }
}
