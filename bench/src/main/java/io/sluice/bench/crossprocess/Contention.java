package io.sluice.bench.crossprocess;

import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;
import io.sluice.bench.link.Sender;
import java.util.concurrent.TimeUnit;

/// Both processes repeat the same operation on the same object, as fast as they can.
final class Contention implements Workload {
    private static final int BURST = 1024;

    private final ControlPage page;
    private final int number;
    private final Sender worker;

    Contention(Participant participant, Link link) {
        this.page = participant.page();
        this.number = participant.number();
        this.worker = link.sender();
    }

    @Override
    public void send(long millis) {
        long start = System.nanoTime();
        long until = start + TimeUnit.MILLISECONDS.toNanos(millis);
        long done = 0;
        do {
            done += burst();
        } while (System.nanoTime() - until < 0);
        page.put(number, Result.MESSAGES, done);
        page.put(number, Result.NANOS, System.nanoTime() - start);
        page.sent(number, done);
    }

    @Override
    public void receive() {
        long done = 0;
        do {
            done += burst();
        } while (page.sent() == ControlPage.NOT_YET);
        page.put(number, Result.MESSAGES, done);
    }

    private long burst() {
        for (long i = 0; i < BURST; i++) {
            if (!worker.trySend(i)) {
                throw new IllegalStateException("refused");
            }
        }
        return BURST;
    }
}
