package io.sluice.cli.demo;

/// The consumer's side of a transport.
interface OrderReceiver {
    /// Receives some orders; waits for the first one.
    ///
    /// @param visitor gets the id of each, and the intended time of its send
    void receive(Visitor visitor) throws InterruptedException;

    /// Checksum of all orders received.
    long checksum();

    /// Receives an order.
    @FunctionalInterface
    interface Visitor {
        void visit(long id, long sentNanos);
    }
}
