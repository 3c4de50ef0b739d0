package io.sluice.core.owner;

/// What became of a role of which there is only one.
public enum RoleState {
    /// No process has had it yet.
    NEVER_HELD,
    /// A process has it.
    HELD,
    /// Its last holder closed it in good order.
    HOLDER_LEFT,
    /// Its last holder died.
    HOLDER_DIED
}
