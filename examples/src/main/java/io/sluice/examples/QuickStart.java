package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;

/// A queue between two JVMs, in fifteen lines.
///
/// ```
/// terminal 1:  examples/run QuickStart            waits, and prints the order
/// terminal 2:  examples/run QuickStart VOD.L
/// ```
public final class QuickStart {
    record Order(String symbol, int quantity, double price) {}

    private QuickStart() {}

    /// Puts an order, or takes one.
    ///
    /// @param arguments a symbol to put, or nothing to take
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.open("market");
                var orders = space.queue("orders", Codec.ofRecord(Order.class), 1024)) {
            if (arguments.length > 0) {
                orders.put(new Order(arguments[0], 100, 71.25));
            } else {
                System.out.println(orders.take());
                orders.unlink();             // otherwise the name stays until the machine restarts
            }
        }
    }
}
