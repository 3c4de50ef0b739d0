package io.sluice.cli.demo;

/// The consumer's side of a transport.
interface OrderReceiver {
    /// Receives some orders; waits for the first one.
    ///
    /// @param visitor gets the id of each, and when it should have been sent
    void receive(Visitor visitor) throws InterruptedException;

    /// Checksum of all orders received.
    long checksum();

    /// Looks at an order.
    @FunctionalInterface
    interface Visitor {
        void visit(long id, long sentNanos);
    }
}
