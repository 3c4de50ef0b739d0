package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// No object or space has this name. Create it, or wait until its creator has.
public final class NoSuchObjectException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message what was expected, what was found, and the way out
    public NoSuchObjectException(String message) {
        super(message);
    }

    /// A space that has no object of a name.
    ///
    /// @param space its name
    /// @param object the name that is missing
    /// @return the exception, with the command that lists the objects
    public static NoSuchObjectException of(String space, String object) {
        return new NoSuchObjectException("space '%s' has no object '%s'; 'sluice ls %s' lists its objects"
                .formatted(space, object, space));
    }

    /// A space that does not exist.
    ///
    /// @param space its name
    /// @return the exception, with the command that lists the spaces
    public static NoSuchObjectException of(String space) {
        return new NoSuchObjectException("no space '%s'; 'sluice ls' lists all spaces".formatted(space));
    }
}
