package io.sluice.shm.lock;

/// One hold of a lock, to be released by `try`-with-resources. Every close unlocks once; so close it once.
@FunctionalInterface
public interface Hold extends AutoCloseable {
    /// Releases the hold.
    ///
    /// @throws IllegalMonitorStateException if the calling thread does not have the lock
    @Override
    void close();
}
