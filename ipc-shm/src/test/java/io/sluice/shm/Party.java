package io.sluice.shm;

/// A thread or process that does jobs for a test, besides the test's own thread.
public interface Party extends AutoCloseable {
    /// Begins a job; several may be under way.
    ///
    /// @param job what to do
    /// @return the answer to come
    /// @param <T> its type
    <T> Reply<T> start(Job<T> job);

    /// Does a job.
    ///
    /// @param job what to do
    /// @return the answer
    /// @param <T> its type
    default <T> T call(Job<T> job) {
        return start(job).get();
    }

    @Override
    void close();
}
