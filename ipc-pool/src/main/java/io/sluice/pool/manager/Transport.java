package io.sluice.pool.manager;

import java.io.IOException;

/// Carries the calls of one process to a server, and says when the server has ended.
///
/// - **Threads:** any. Calls of several threads go on side by side, also while some of them wait.
interface Transport extends AutoCloseable {
    /// Sends a call and waits for its outcome. An interrupt does not end the wait; it is restored at the end.
    ///
    /// @param call its bytes
    /// @param onInterrupt runs once if the thread is interrupted while it waits: asks the server to end the call; null
    ///     if the call cannot be ended
    /// @return the bytes of the outcome
    /// @throws InterruptedException if interrupted before the call was sent, and `onInterrupt` is not null
    /// @throws java.io.EOFException if the server has ended
    /// @throws IOException if this call did not come through for another reason
    byte[] call(byte[] call, Runnable onInterrupt) throws IOException, InterruptedException;

    /// Sends a note, without an answer. Notes keep their order. Does not wait.
    void tell(byte[] note);

    /// Waits until the server has ended, or this side was closed.
    ///
    /// @return why; null for a close of this side
    IOException awaitEnd();

    /// Ends all calls.
    @Override
    void close();
}
