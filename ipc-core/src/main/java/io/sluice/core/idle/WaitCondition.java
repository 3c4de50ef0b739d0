package io.sluice.core.idle;

/// The condition of a wait. The waiting thread evaluates it many times, so it must be cheap and free of visible side
/// effects. It is also met when the wait has become pointless, as when the handle was closed.
@FunctionalInterface
public interface WaitCondition {
    /// Whether the wait is over.
    ///
    /// @return true if the waiter should go on
    boolean isMet();
}
