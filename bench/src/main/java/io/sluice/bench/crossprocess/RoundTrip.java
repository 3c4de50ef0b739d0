package io.sluice.bench.crossprocess;

import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;
import io.sluice.bench.link.Receiver;
import io.sluice.bench.link.Sender;
import io.sluice.bench.link.Setting;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// One message under way at a time: the other process sends each message back. The mean is that of the whole block.
/// Percentiles are of one trip in [#BURST], which includes a reading of the clock, or of every trip if receivers sleep.
final class RoundTrip implements Workload {
    private static final int BURST = Setting.PARK ? 1 : 64;

    private final ControlPage page;
    private final int number;
    private final Sender sender;
    private final Receiver receiver;
    private final Histogram histogram = new Histogram(3);
    private long messages;
    private long refusals;
    private long emptyLooks;

    RoundTrip(Participant participant, Link there, Link back) {
        this.page = participant.page();
        this.number = participant.number();
        this.sender = (participant.sends() ? there : back).sender();
        this.receiver = (participant.sends() ? back : there).receiver();
    }

    @Override
    public void send(long millis) throws InterruptedException {
        refusals = 0;
        emptyLooks = 0;
        histogram.reset();
        long before = messages;
        long start = System.nanoTime();
        long until = start + TimeUnit.MILLISECONDS.toNanos(millis);
        long now = start;
        while (now - until < 0) {
            burst();
            long sampled = System.nanoTime();
            trip();
            now = System.nanoTime();
            histogram.recordValue(now - sampled);
        }
        page.put(number, Result.NANOS, now - start);
        page.put(number, Result.MESSAGES, messages - before);
        page.put(number, Result.REFUSALS, refusals);
        page.put(number, Result.EMPTY_LOOKS, emptyLooks);

        // The receiver may sleep, so the end is published before the last message wakes it.
        page.sent(number, messages + 1);
        trip();
    }

    @Override
    public Histogram latencies() {
        return histogram;
    }

    private void burst() throws InterruptedException {
        for (int i = 1; i < BURST; i++) {
            trip();
        }
    }

    private void trip() throws InterruptedException {
        pass(messages++);
        if (Setting.PARK) {
            var _ = receiver.await();
            return;
        }
        while (receiver.receive() == 0) {
            emptyLooks++;
        }
    }

    private void pass(long message) {
        while (!sender.trySend(message)) {
            refusals++;
        }
    }

    @Override
    public void receive() throws InterruptedException {
        while (messages != page.sent()) {
            echoes();
        }
    }

    private void echoes() throws InterruptedException {
        for (int look = 0; look < BURST; look++) {
            int count = Setting.PARK ? receiver.await() : receiver.receive();
            if (count > 0) {
                pass(messages++);
            }
        }
    }
}
