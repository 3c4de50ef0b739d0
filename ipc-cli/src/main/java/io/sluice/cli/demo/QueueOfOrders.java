package io.sluice.cli.demo;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// Orders as objects, through a `SharedQueue<Order>`.
final class QueueOfOrders implements OrderSender, OrderReceiver {
    private static final int CAPACITY = 8192;

    private final SharedQueue<Order> queue;
    private long checksum;

    QueueOfOrders(SharedSpace space, WaitStrategy strategy) {
        queue = space.with(strategy).queue("orders", Codec.ofRecord(Order.class), CAPACITY);
    }

    @Override
    public void send(long id, long sentNanos) throws InterruptedException {
        Order order = Order.numbered(id, sentNanos);
        queue.put(order);
        add(order);
    }

    @Override
    public void receive(Visitor visitor) throws InterruptedException {
        Order order = queue.take();
        add(order);
        visitor.visit(order.id(), order.sentNanos());
    }

    private void add(Order order) {
        if (order.id() != Order.END) {
            checksum = Order.checksum(checksum, order.id(), order.symbol().hashCode(), order.quantity(), order.price());
        }
    }

    @Override
    public long checksum() {
        return checksum;
    }
}
