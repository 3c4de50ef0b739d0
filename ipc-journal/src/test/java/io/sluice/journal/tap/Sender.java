package io.sluice.journal.tap;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import java.util.concurrent.locks.LockSupport;

/// A producer in a JVM of its own: sends numbers as types of messages, in steps, so that a kill comes in between.
final class Sender {
    static final RingOptions SHAPE = RingOptions.broadcast(1 << 16);
    private static final int STEP = 20;
    private static final long PAUSE_NANOS = 1_000_000;

    private Sender() {}

    /// Sends.
    ///
    /// @param arguments name of the ring, first number, how many, and whether to shut the ring down behind them; it
    ///     stays until it is killed otherwise
    public static void main(String[] arguments) throws InterruptedException {
        int from = Integer.parseInt(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        try (SharedSpace space = SharedSpace.open("s");
                SharedRing ring = space.ring(arguments[0], SHAPE);
                RingProducer producer = ring.producer()) {
            for (int number = from; number < from + count; number++) {
                Claim claim = new Claim();
                producer.claim(claim, number, 40);
                claim.buffer().putLong(0, number);
                claim.commit();
                if (number % STEP == 0) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            while (!Boolean.parseBoolean(arguments[3])) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            ring.shutdown();
        }
    }
}
