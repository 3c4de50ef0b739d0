package io.sluice.cli.demo;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.SharedSpace;

/// The ways in which orders travel.
enum Transport {
    /// Objects, encoded and decoded.
    QUEUE {
        @Override
        OrderSender sender(SharedSpace space, WaitStrategy strategy) {
            return new QueueOfOrders(space, strategy);
        }

        @Override
        OrderReceiver receiver(SharedSpace space, WaitStrategy strategy) {
            return new QueueOfOrders(space, strategy);
        }
    },
    /// Fields, written and read in place.
    RING {
        @Override
        OrderSender sender(SharedSpace space, WaitStrategy strategy) {
            return RingOfOrders.sender(space, strategy);
        }

        @Override
        OrderReceiver receiver(SharedSpace space, WaitStrategy strategy) {
            return RingOfOrders.receiver(space, strategy);
        }
    };

    abstract OrderSender sender(SharedSpace space, WaitStrategy strategy);

    abstract OrderReceiver receiver(SharedSpace space, WaitStrategy strategy);
}
