package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// A producer and a consumer on two hosts, each with a queue of its own: two gateways between them carry the orders,
/// and the end. Neither program knows of it.
///
/// ```
/// examples/run OrdersElsewhere take                                                    # on host B
/// ./sluice gateway --subscribe orders --space host-b --from 127.0.0.1:40456            # on host B
/// examples/run OrdersElsewhere put 1000                                                # on host A
/// ./sluice gateway --publish orders --space host-a --to 127.0.0.1:40456                # on host A
/// ```
///
/// Each line is for a terminal of its own, and a gateway for the time when its queue is there. Here both hosts are this
/// machine, so each has a space; on two hosts, the endpoint is an address of host B.
public final class OrdersElsewhere {
    private record Order(int number, double price) {}

    private OrdersElsewhere() {}

    /// Puts or takes.
    ///
    /// @param arguments `put COUNT` or `take`
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        boolean puts = arguments[0].equals("put");
        try (var space = SharedSpace.open(puts ? "host-a" : "host-b");
                var orders = space.queue("orders", Codec.ofRecord(Order.class), 256)) {
            if (puts) {
                put(orders, Integer.parseInt(arguments[1]));
            } else {
                take(orders);
            }
            // The queue, and the counters that the gateway keeps beside it.
            space.list().forEach(object -> space.unlink(object.name()));
        }
    }

    /// An order stays in the queue until the other host has it.
    private static void put(SharedQueue<Order> orders, int count) throws InterruptedException {
        for (int number = 1; number <= count; number++) {
            orders.put(new Order(number, 71.25));            // waits while the queue is full, as the gateway is slow
        }
        orders.shutdown();
        while (!orders.isEmpty()) {
            Thread.sleep(1);
        }
        System.out.println(count + " orders have arrived");
    }

    /// The queue here is shut down when the other one was, behind the last order.
    private static void take(SharedQueue<Order> orders) throws InterruptedException {
        int count = 0;
        Order last = null;
        try {
            for (;;) {
                last = orders.take();
                count++;
            }
        } catch (ShutdownException end) {
            System.out.println("took " + count + " orders, the last one is " + last);
        }
    }
}
