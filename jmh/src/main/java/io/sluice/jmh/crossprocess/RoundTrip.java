package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.ControlPage.Result;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// One message under way: the other process sends each back. The mean is that of the whole block; percentiles are of
/// one trip in [#BURST], which includes a reading of the clock.
final class RoundTrip implements Contest {
    private static final int BURST = 64;

    private final ControlPage page;
    private final Sender sender;
    private final Receiver receiver;
    private final Histogram histogram = new Histogram(3);
    private long messages;
    private long refusals;
    private long emptyLooks;

    RoundTrip(ControlPage page, Role role, Link there, Link back) {
        this.page = page;
        this.sender = (role == Role.SENDER ? there : back).sender();
        this.receiver = (role == Role.SENDER ? back : there).receiver();
    }

    @Override
    public void send(long millis) {
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
        page.end(messages);
        page.put(Result.NANOS, now - start);
        page.put(Result.MESSAGES, messages - before);
        page.put(Result.REFUSALS, refusals);
        page.put(Result.EMPTY_LOOKS, emptyLooks);
        page.put(Result.P50, histogram.getValueAtPercentile(50));
        page.put(Result.P99, histogram.getValueAtPercentile(99));
        page.put(Result.MAX, histogram.getMaxValue());
    }

    private void burst() {
        for (int i = 1; i < BURST; i++) {
            trip();
        }
    }

    private void trip() {
        pass(messages++);
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
    public void receive() {
        while (messages != page.end()) {
            echoes();
        }
    }

    private void echoes() {
        for (int look = 0; look < BURST; look++) {
            if (receiver.receive() > 0) {
                pass(messages++);
            }
        }
    }
}
