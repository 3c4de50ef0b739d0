package io.sluice.core.idle;

/// What a waiter waits for. Looked at many times, by the waiting thread, so it must be cheap and change nothing that
/// others can see. It is also met when waiting makes no sense any more, as when the handle was closed.
@FunctionalInterface
public interface WaitCondition {
    /// Whether the wait is over.
    ///
    /// @return true if the waiter should go on
    boolean isMet();
}
