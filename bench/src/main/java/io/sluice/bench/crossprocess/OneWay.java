package io.sluice.bench.crossprocess;

import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;
import io.sluice.bench.link.Receiver;
import io.sluice.bench.link.Sender;
import io.sluice.bench.link.Setting;
import java.util.concurrent.TimeUnit;

/// Senders send and receivers receive as fast as they can. They retry without a pause, unless there are fewer cores
/// than participants.
final class OneWay implements Workload {
    private static final int BURST = 1024;

    private final ControlPage page;
    private final int number;
    private final boolean broadcast;
    private final Sender sender;
    private final Receiver receiver;
    private final long first;
    private long messages;
    private long refusals;

    OneWay(Participant participant, Link link, boolean broadcast) {
        this.page = participant.page();
        this.number = participant.number();
        this.broadcast = broadcast;
        this.sender = participant.sender(link);
        this.receiver = participant.receiver(link);
        this.first = Sender.firstSequence(number);
    }

    @Override
    public void send(long millis) {
        refusals = 0;
        long start = System.nanoTime();
        if (number == 0) {
            page.stamp(start);
        }
        long until = start + TimeUnit.MILLISECONDS.toNanos(millis);
        do {
            send(BURST);
        } while (System.nanoTime() - until < 0);

        // A receiver may sleep, so the end is published before the last message wakes it.
        page.sent(number, messages + 1);
        send(1);
        page.put(number, Result.REFUSALS, refusals);
    }

    private void send(int count) {
        long end = messages + count;
        for (long message = messages; message < end; ) {
            if (sender.trySend(first + message)) {
                message++;
            } else {
                refusals++;
                Setting.pause();
            }
        }
        messages = end;
    }

    @Override
    public void receive() throws InterruptedException {
        long before = messages;
        long emptyLooks = 0;
        boolean ended = false;
        for (;;) {
            int count = Setting.PARK ? receiver.await() : receiver.receive();
            if (count > 0) {
                messages += count;
                page.received(number, messages);
                if (Setting.PARK && messages == page.sent()) {
                    break;
                }
            } else if (isOver(ended)) {
                break;
            } else {
                ended = page.sent() != ControlPage.NOT_YET;
                emptyLooks++;
                Setting.pause();
            }
        }
        if (broadcast && !Setting.GAPS && messages != page.sent()) {
            throw new IllegalStateException(
                    "received %,d of %,d messages of a broadcast".formatted(messages, page.sent()));
        }
        page.put(number, Result.NANOS, System.nanoTime() - page.stamp());
        page.put(number, Result.MESSAGES, messages - before);
        page.put(number, Result.EMPTY_LOOKS, emptyLooks);
    }

    /// @param ended whether all senders had ended before the last receive, which found no message
    private boolean isOver(boolean ended) {
        return broadcast ? ended : page.received() == page.sent();
    }
}
