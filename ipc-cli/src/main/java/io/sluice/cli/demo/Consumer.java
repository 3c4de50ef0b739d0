package io.sluice.cli.demo;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// The JVM that receives orders, and measures their latency in the steady phase.
final class Consumer implements OrderReceiver.Visitor {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
    private final boolean measured;
    private final Pace pace;
    private boolean ended;

    private Consumer(Pace pace, boolean measured) {
        this.pace = pace;
        this.measured = measured;
    }

    /// Receives until the last phase has ended.
    ///
    /// @param arguments name of the space, strategy, length of a phase in milliseconds
    public static void main(String[] arguments) {
        ChildMain.run(arguments[0], space -> consume(
                space,
                WaitStrategy.valueOf(arguments[1]),
                TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[2]))));
    }

    private static void consume(SharedSpace space, WaitStrategy strategy, long phaseNanos)
            throws InterruptedException {
        SharedQueue<Report> reports = Report.queue(space);
        for (Transport transport : Transport.values()) {
            OrderReceiver receiver = transport.receiver(space, strategy);
            long orders = 0;
            for (boolean paced : new boolean[] {false, true}) {
                Pace pace = new Pace(reports, Report.Side.CONSUMER, transport, paced, phaseNanos);
                Consumer consumer = new Consumer(pace, paced);
                while (!consumer.ended) {
                    receiver.receive(consumer);
                }
                orders += pace.end();
                if (paced) {
                    reports.put(consumer.latency(transport));
                }
            }
            reports.put(new Report.Totals(Report.Side.CONSUMER, transport, orders, receiver.checksum()));
        }
    }

    @Override
    public void visit(long id, long sentNanos) {
        if (id == Order.END) {
            ended = true;
            return;
        }
        if (measured) {
            latencies.recordValue(Math.clamp(System.nanoTime() - sentNanos, 0, LONGEST_NANOS));
        }
        pace.count();
    }

    private Report.Latency latency(Transport transport) {
        return new Report.Latency(
                transport,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(90),
                latencies.getValueAtPercentile(99),
                latencies.getValueAtPercentile(99.9),
                latencies.getMaxValue());
    }
}
