package io.sluice.core.idle;

import java.util.concurrent.TimeUnit;

/// What [Waits#any] can wait for together with others: a queue that has an element, a connection that has a message, an
/// event that is set, a process that has ended.
@FunctionalInterface
public interface Waitable {
    /// Waits until an operation of this object would not wait, and leaves to the caller to do it: nothing is taken or
    /// changed. What will never come is ready too: the end of a stream, a queue that was shut down and is empty, a peer
    /// that died. Another thread may be faster afterwards.
    ///
    /// - **Threads:** any number; a virtual thread does not pin its carrier.
    ///
    /// @param timeout longest wait; zero or less looks once
    /// @param unit of the time-out
    /// @return whether it is ready
    /// @throws InterruptedException if interrupted before or meanwhile
    boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException;
}
