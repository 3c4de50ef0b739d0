package io.sluice.bench.link;

/// The reading end of a link: it reads the whole payload of each message, and throws if a message is not the next one.
public interface Receiver {
    /// Messages that one receive takes at most, for all subjects.
    int READ_LIMIT = 1024;

    /// Receives the available messages.
    ///
    /// @return number of messages, at most [#READ_LIMIT]
    int receive();

    /// Receives the available messages; sleeps in the kernel until there is one.
    ///
    /// @return number of messages, at least 1
    /// @throws InterruptedException if the thread is interrupted
    default int await() throws InterruptedException {
        throw new UnsupportedOperationException("receivers of this link do not sleep");
    }
}
