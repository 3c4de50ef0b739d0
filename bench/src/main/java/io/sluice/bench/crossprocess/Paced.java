package io.sluice.bench.crossprocess;

import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;
import io.sluice.bench.link.Receiver;
import io.sluice.bench.link.Sender;
import io.sluice.bench.link.Setting;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Latency under load: messages are due at a fixed rate, independent of earlier messages. A latency is the time from
/// when its message was due until the receiver has read it, on the clock that both processes share. So a stall counts
/// for every message that it delays, and not only for one (Gil Tene, coordinated omission).
final class Paced implements Workload {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1) / Setting.RATE;
    /// Time until the first message is due.
    private static final long HEAD_START_NANOS = 100_000;

    private final ControlPage page;
    private final int number;
    private final Sender sender;
    private final Receiver receiver;
    private final Histogram histogram = new Histogram(3);
    private long messages;

    Paced(Participant participant, Link link) {
        this.page = participant.page();
        this.number = participant.number();
        this.sender = participant.sender(link);
        this.receiver = participant.receiver(link);
    }

    @Override
    public void send(long millis) {
        long refusals = 0;
        long count = Math.max(1, TimeUnit.MILLISECONDS.toNanos(millis) / INTERVAL_NANOS);
        long due = System.nanoTime() + HEAD_START_NANOS;
        page.stamp(due);                    // each message is released later, so its receiver sees the stamp
        page.sent(number, messages + count);
        for (long end = messages + count; messages < end; due += INTERVAL_NANOS) {
            while (System.nanoTime() - due < 0) {
                // No pause, which would make messages late.
            }
            while (!sender.trySend(messages)) {
                refusals++;
            }
            messages++;
        }
        page.put(number, Result.REFUSALS, refusals);
    }

    @Override
    public void receive() throws InterruptedException {
        histogram.reset();
        long before = messages;
        long emptyLooks = 0;
        while (messages != page.sent()) {
            int count = Setting.PARK ? receiver.await() : receiver.receive();
            long now = System.nanoTime();
            if (count == 0) {
                emptyLooks++;
                continue;
            }
            long due = page.stamp() + (messages - before) * INTERVAL_NANOS;
            for (int i = 0; i < count; i++, due += INTERVAL_NANOS) {
                histogram.recordValue(Math.max(0, now - due));
            }
            messages += count;
        }
        page.put(number, Result.MESSAGES, messages - before);
        page.put(number, Result.EMPTY_LOOKS, emptyLooks);
        page.put(number, Result.P50, histogram.getValueAtPercentile(50));
    }

    @Override
    public Histogram latencies() {
        return histogram;
    }
}
