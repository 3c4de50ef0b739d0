package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.ControlPage.Result;
import java.util.concurrent.TimeUnit;

/// One process sends as fast as it can, the other receives as fast as it can; neither pauses when refused.
final class OneWay implements Contest {
    private static final int BURST = 1024;

    private final ControlPage page;
    private final Sender sender;
    private final Receiver receiver;
    private long messages;
    private long refusals;

    OneWay(ControlPage page, Role role, Link link) {
        this.page = page;
        this.sender = role == Role.SENDER ? link.sender() : null;
        this.receiver = role == Role.RECEIVER ? link.receiver() : null;
    }

    @Override
    public void send(long millis) {
        refusals = 0;
        long start = System.nanoTime();
        page.stamp(start);
        long until = start + TimeUnit.MILLISECONDS.toNanos(millis);
        do {
            burst();
        } while (System.nanoTime() - until < 0);
        page.put(Result.REFUSALS, refusals);
        page.end(messages);
    }

    private void burst() {
        long end = messages + BURST;
        for (long sequence = messages; sequence < end; ) {
            if (sender.trySend(sequence)) {
                sequence++;
            } else {
                refusals++;
            }
        }
        messages = end;
    }

    @Override
    public void receive() {
        long before = messages;
        long emptyLooks = 0;
        for (;;) {
            int count = receiver.receive();
            if (count > 0) {
                messages += count;
            } else if (messages == page.end()) {
                break;
            } else {
                emptyLooks++;
            }
        }
        page.put(Result.NANOS, System.nanoTime() - page.stamp());
        page.put(Result.MESSAGES, messages - before);
        page.put(Result.EMPTY_LOOKS, emptyLooks);
    }
}
