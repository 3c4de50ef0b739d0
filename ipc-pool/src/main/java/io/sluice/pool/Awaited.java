package io.sluice.pool;

/// What a thread waits for; meanwhile it may read results itself.
interface Awaited {
    boolean isDone();

    /// Waits until it is done, or until the time has passed.
    ///
    /// @param nanos longest wait in nanoseconds
    void pause(long nanos) throws InterruptedException;
}
