package io.sluice.shm.lock;

/// One hold of a lock, to be released by `try`-with-resources. Closing it unlocks, each time; so close it once.
@FunctionalInterface
public interface Hold extends AutoCloseable {
    /// Releases the hold.
    ///
    /// @throws IllegalMonitorStateException if the calling thread does not have the lock
    @Override
    void close();
}
