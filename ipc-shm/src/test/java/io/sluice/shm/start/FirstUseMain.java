package io.sluice.shm.start;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.queue.SharedQueue;

/// What a fresh JVM does first: one codec, one space, one queue, one element, one lock.
///
/// Each step ends with a class of its own, named after the step: the log of the loaded classes shows there where one
/// step ends and the next one begins.
final class FirstUseMain {
    private FirstUseMain() {}

    record Order(String symbol, int quantity, double price) {}

    public static void main(String[] arguments) throws InterruptedException {
        new Jvm().ends();
        Codec<Order> codec = Codec.ofRecord(Order.class);
        new Planned().ends();
        try (SharedSpace space = SharedSpace.open("first-use")) {
            new Opened().ends();
            try (SharedQueue<Order> queue = space.queue("orders", codec, 16)) {
                new Attached().ends();
                queue.put(new Order("ABC", 100, 71.25));
                new Put().ends();
                Order order = queue.take();
                if (order.quantity() != 100 || !order.symbol().equals("ABC")) {
                    throw new AssertionError(order.symbol());
                }
                new Taken().ends();
                queue.unlink();
            }
            new Left().ends();
            try (SharedLock lock = space.lock("book")) {
                lock.hold().close();
                new Locked().ends();
                lock.unlink();
            }
        }
        new Closed().ends();
    }

    private static class Step {
        void ends() {}
    }

    private static final class Jvm extends Step {}

    private static final class Planned extends Step {}

    private static final class Opened extends Step {}

    private static final class Attached extends Step {}

    private static final class Put extends Step {}

    private static final class Taken extends Step {}

    private static final class Left extends Step {}

    private static final class Locked extends Step {}

    private static final class Closed extends Step {}
}
