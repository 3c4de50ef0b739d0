package io.sluice.core.ring;

/// The object was shut down for all processes: nothing more can be put into it, or everything that was in it is taken.
public final class ShutdownException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /// An exception with this text.
    ///
    /// @param message names the object, and what the caller can do
    public ShutdownException(String message) {
        super(message);
    }
}
