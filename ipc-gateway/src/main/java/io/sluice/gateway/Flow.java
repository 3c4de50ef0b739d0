package io.sluice.gateway;

import io.aeron.Aeron;

/// One direction of a gateway: an end that sends, or one that receives. One thread calls everything.
interface Flow extends AutoCloseable {
    /// Opens its streams, as at the start and whenever the media driver was lost.
    void attach(Aeron aeron);

    /// Does what there is to do, and does not wait.
    ///
    /// @param now `System.nanoTime()`
    /// @return how much that was; 0 to be called again later
    int work(long now);

    /// Whether the stream came to its end, at both ends.
    boolean isOver();

    /// Writes the counters where others can read them.
    void publishCounters();

    /// A line for the user, with the counters.
    ///
    /// @param seconds since the last one
    String report(double seconds);

    @Override
    void close();
}
