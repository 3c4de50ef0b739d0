package io.sluice.core.ring;

/// A live process has the role already, of which there is only one.
public final class RoleHeldException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final int owner;
    private final boolean reserved;

    /// An exception with this text.
    ///
    /// @param message names the object, the role and its holder
    /// @param owner slot of the holder; 0 if there are several
    /// @param reserved whether the holder has reserved the role for a successor, which has not come yet
    public RoleHeldException(String message, int owner, boolean reserved) {
        super(message);
        this.owner = owner;
        this.reserved = reserved;
    }

    /// The holder.
    ///
    /// @return its slot; 0 if there are several
    public int owner() {
        return owner;
    }

    /// Whether the holder has reserved the role for a successor, which has not come yet.
    ///
    /// @return whether
    public boolean isReserved() {
        return reserved;
    }
}
