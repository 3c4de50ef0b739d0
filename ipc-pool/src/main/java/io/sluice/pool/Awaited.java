package io.sluice.pool;

/// Something that a thread waits for while it may read results itself.
interface Awaited {
    boolean isDone();

    /// Waits until it is done, or for some time.
    ///
    /// @param nanos longest wait in nanoseconds
    void pause(long nanos) throws InterruptedException;
}
