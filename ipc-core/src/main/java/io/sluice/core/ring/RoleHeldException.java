package io.sluice.core.ring;

/// Somebody alive has the role already, of which there is only one.
public final class RoleHeldException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /// An exception with this text.
    ///
    /// @param message names the object, the role and its holder
    public RoleHeldException(String message) {
        super(message);
    }
}
