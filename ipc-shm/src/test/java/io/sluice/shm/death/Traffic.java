package io.sluice.shm.death;

import io.sluice.shm.Desk;
import io.sluice.shm.Journal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The drivers on a road, each in a thread of its own, in any process. They record their work in journals:
/// `<name>-intends` and `<name>-confirms` of a producer, `<name>-receives` of a consumer, and `<name>-gaps` with pairs
/// of instants between which the driver made no progress.
final class Traffic {
    static final int JOURNAL = 1 << 20;
    /// Phases, as the size of the journal `phase`: at 1 producers end, at 2 consumers end.
    static final String PHASE = "phase";
    static final long BASE = 1L << 32;

    private static final int MORE = 200;
    /// The number of messages at full speed; then slower, so that the journal lasts and a victim gets a core to start.
    private static final int FAST = 1 << 16;
    private static final long PACE_NANOS = 50_000;
    private static final int EVERY = 5;
    private static final long GAP_NANOS = 2_000_000;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Traffic() {}

    /// Puts until the phase is 1, and then a few more.
    static void produce(Desk desk, String root, Road road, String name, int number, boolean abortsSome)
            throws InterruptedException {
        Lane lane = road.open(desk.space(root));
        Journal phase = new Journal(root, PHASE, 8);
        Journal intends = new Journal(root, name + "-intends", JOURNAL);
        Journal confirms = new Journal(root, name + "-confirms", JOURNAL);
        Journal gaps = new Journal(root, name + "-gaps", JOURNAL);
        desk.tell("ready");
        int more = MORE;
        long last = System.nanoTime();
        for (long id = number * BASE; more > 0 && intends.size() < JOURNAL; id++) {
            if (abortsSome && id % EVERY == 0) {
                lane.abort(id);
                continue;
            }
            intends.add(id);
            lane.put(id);
            confirms.add(id);
            last = gap(gaps, last);
            if (phase.size() > 0) {
                more--;
            } else if (intends.size() > FAST) {
                LockSupport.parkNanos(PACE_NANOS);
            }
        }
    }

    /// Takes until the phase is 2, and then the rest.
    static void consume(Desk desk, String root, Road road, String name, boolean givesBackSome)
            throws InterruptedException {
        Lane lane = road.open(desk.space(root));
        Journal phase = new Journal(root, PHASE, 8);
        Journal receives = new Journal(root, name + "-receives", 4 * JOURNAL);
        Journal gaps = new Journal(root, name + "-gaps", JOURNAL);
        desk.tell("ready");
        long last = System.nanoTime();
        for (long i = 0;; i++) {
            if (givesBackSome && i % EVERY == 0) {
                lane.giveBack();
                continue;
            }
            boolean end = phase.size() > 1;
            long id = lane.take(LOOK_NANOS, receives::add);
            if (id != Lane.NONE) {
                last = gap(gaps, last);
            } else if (end) {
                return;
            }
        }
    }

    private static long gap(Journal gaps, long last) {
        long now = System.nanoTime();
        if (now - last > GAP_NANOS && gaps.size() < JOURNAL - 2) {
            gaps.add(last);
            gaps.add(now);
        }
        return now;
    }
}
