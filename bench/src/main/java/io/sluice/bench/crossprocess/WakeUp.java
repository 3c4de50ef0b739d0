package io.sluice.bench.crossprocess;

import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;
import io.sluice.bench.link.Receiver;
import io.sluice.bench.link.Sender;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// One message after the other to a receiver that sleeps. After the receiver has reported a message, the sender spins
/// for one to two milliseconds before the next, a hundred times what the receiver needs to fall asleep. A latency is
/// the time from before the send until the receiver has the message, on the clock that both processes share.
final class WakeUp implements Workload {
    private static final long PAUSE_NANOS = 1_000_000;

    private final ControlPage page;
    private final int number;
    private final Sender sender;
    private final Receiver receiver;
    private final Histogram histogram = new Histogram(3);
    private long messages;

    WakeUp(Participant participant, Link link) {
        this.page = participant.page();
        this.number = participant.number();
        this.sender = participant.sender(link);
        this.receiver = participant.receiver(link);
    }

    @Override
    public void send(long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        do {
            pause();
            page.stamp(System.nanoTime());
            if (!sender.trySend(messages)) {
                throw new IllegalStateException("a link refused a message although the last one was received");
            }
            messages++;
            while (page.received() < messages) {
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - until < 0);

        // The receiver sleeps, so one more message wakes it for the end.
        page.sent(number, messages + 1);
        pause();
        sender.trySend(messages++);
    }

    private static void pause() {
        long end = System.nanoTime() + PAUSE_NANOS + ThreadLocalRandom.current().nextLong(PAUSE_NANOS);
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void receive() throws InterruptedException {
        histogram.reset();
        for (;;) {
            messages += receiver.await();
            long now = System.nanoTime();
            if (messages == page.sent()) {
                break;
            }
            histogram.recordValue(now - page.stamp());
            page.received(number, messages);
        }
        page.put(number, Result.MESSAGES, histogram.getTotalCount());
        page.put(number, Result.P50, histogram.getValueAtPercentile(50));
    }

    @Override
    public Histogram latencies() {
        return histogram;
    }
}
