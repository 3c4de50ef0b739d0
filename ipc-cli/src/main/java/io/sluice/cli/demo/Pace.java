package io.sluice.cli.demo;

import io.sluice.shm.queue.SharedQueue;
import java.util.concurrent.TimeUnit;

/// Counts the orders of a phase, and reports the rate about once a second. The average excludes the first third of the
/// phase, in which the JVMs compile.
final class Pace {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int ORDERS_PER_CLOCK_READ = 1024;

    private final SharedQueue<Report> reports;
    private final Report.Side side;
    private final Transport transport;
    private final boolean paced;
    private final long warmUpNanos;
    private boolean warm;
    private long start;
    private long ordersAtStart;
    private long since;
    private long ordersBefore;
    private long orders;

    Pace(SharedQueue<Report> reports, Report.Side side, Transport transport, boolean paced, long phaseNanos) {
        this.reports = reports;
        this.side = side;
        this.transport = transport;
        this.paced = paced;
        this.warmUpNanos = phaseNanos / 3;
    }

    /// Counts an order. The first one starts the clock.
    void count() {
        if (orders++ % ORDERS_PER_CLOCK_READ == 0) {
            long now = System.nanoTime();
            if (orders == 1) {
                start = now;
                since = now;
            }
            if (!warm && now - start >= warmUpNanos) {
                warm = true;
                start = now;
                ordersAtStart = orders;
            }
            if (now - since >= INTERVAL_NANOS) {
                reports.offer(rate(orders - ordersBefore, now - since, false));   // dropped if the queue is full
                since = now;
                ordersBefore = orders;
            }
        }
    }

    /// Reports the average of the phase.
    ///
    /// @return number of orders in the phase
    long end() throws InterruptedException {
        reports.put(rate(orders - ordersAtStart, System.nanoTime() - start, true));
        return orders;
    }

    private Report.Rate rate(long count, long nanos, boolean last) {
        return new Report.Rate(side, transport, paced, (double) count * 1e9 / (double) Math.max(1, nanos), last);
    }
}
