package io.sluice.cli.demo;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.util.concurrent.TimeUnit;

/// The JVM that sends orders: for each transport one phase as fast as possible, and one at a steady rate.
final class Producer {
    private static final int ORDERS_PER_CLOCK_READ = 256;

    private Producer() {}

    /// Sends through each transport.
    ///
    /// @param arguments name of the space, strategy, length of a phase in milliseconds, orders per second
    public static void main(String[] arguments) {
        ChildMain.run(arguments[0], space -> produce(
                space,
                WaitStrategy.valueOf(arguments[1]),
                TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[2])),
                Long.parseLong(arguments[3])));
    }

    private static void produce(SharedSpace space, WaitStrategy strategy, long phaseNanos, long rate)
            throws InterruptedException {
        SharedQueue<Report> reports = Report.queue(space);
        for (Transport transport : Transport.values()) {
            OrderSender sender = transport.sender(space, strategy);
            Pace fast = new Pace(reports, Report.Side.PRODUCER, transport, false, phaseNanos);
            long orders = fast(sender, fast, phaseNanos);
            Pace steady = new Pace(reports, Report.Side.PRODUCER, transport, true, phaseNanos);
            orders += paced(sender, steady, orders, phaseNanos, rate);
            reports.put(new Report.Totals(Report.Side.PRODUCER, transport, orders, sender.checksum()));
        }
    }

    private static long fast(OrderSender sender, Pace pace, long phaseNanos) throws InterruptedException {
        long start = System.nanoTime();
        long id = 0;
        while (System.nanoTime() - start < phaseNanos) {
            for (int i = 0; i < ORDERS_PER_CLOCK_READ; i++) {
                sender.send(id++, 0);
                pace.count();
            }
        }
        sender.send(Order.END, 0);
        return pace.end();
    }

    /// Each order has an intended send time. A late order does not shift the later ones: the delay counts as latency.
    private static long paced(OrderSender sender, Pace pace, long firstId, long phaseNanos, long rate)
            throws InterruptedException {
        long orders = Math.max(1, (long) ((double) phaseNanos / 1e9 * (double) rate));
        double interval = 1e9 / (double) rate;
        long start = System.nanoTime();
        for (long i = 0; i < orders; i++) {
            long intended = start + (long) ((double) i * interval);
            while (System.nanoTime() - intended < 0) {
                Thread.onSpinWait();
            }
            sender.send(firstId + i, intended);
            pace.count();
        }
        sender.send(Order.END, 0);
        return pace.end();
    }
}
