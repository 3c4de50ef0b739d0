package io.sluice.cli.demo;

/// The producer's side of a transport.
interface OrderSender {
    /// Sends one order; waits while there is no room.
    void send(long id, long sentNanos) throws InterruptedException;

    /// Checksum of all orders sent.
    long checksum();
}
