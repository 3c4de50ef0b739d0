package io.sluice.pool.connection;

import java.io.IOException;
import java.io.Serial;

/// The other side did not prove that it has the key, or belongs to another user. No connection was made.
public final class AuthenticationException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public AuthenticationException(String message) {
        super(message);
    }
}
