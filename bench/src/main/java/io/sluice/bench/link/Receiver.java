package io.sluice.bench.link;

/// The reading end of a link: it reads the whole payload of each message, and throws if one is not the next.
public interface Receiver {
    /// How many messages one look takes at most, for everybody.
    int READ_LIMIT = 1024;

    /// Receives what is there.
    ///
    /// @return how many messages that were, at most [#READ_LIMIT]
    int receive();

    /// Receives what is there, and sleeps in the kernel until something is.
    ///
    /// @return how many messages that were, at least 1
    /// @throws InterruptedException if the thread is interrupted
    default int await() throws InterruptedException {
        throw new UnsupportedOperationException("this link never sleeps");
    }
}
