package io.sluice.bench.journal;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalOptions;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import io.sluice.journal.JournalWriter;
import io.sluice.journal.tap.Recorder;
import io.sluice.journal.tap.RecorderOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.ring.SharedRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// A producer and the recorder that follows it, each in a process of its own.
final class Tap {
    static final String RING = "tapped";
    static final RingOptions SHAPE = RingOptions.broadcast(1 << 16).withSlotBytes(128);

    private static final String READY = "ready";
    private static final int PAYLOAD_BYTES = 64;
    private static final int BURST = 1000;
    private static final long PACE_NANOS = 10_000;
    private static final long SECOND = 1_000_000_000L;
    private static final long CYCLE_BYTES = 256 << 20;

    private Tap() {}

    /// Records until the ring is shut down; keeps no more than a few cycles.
    static void record(String space, Path directory) {
        try (SharedSpace opened = SharedSpace.openTemporary(space);
                Recorder recorder = Recorder.open(
                        SpaceRoot.usual(), space, RING, directory, RecorderOptions.defaults(), options())) {
            opened.countDownLatch(READY, 1).countDown();
            var _ = recorder.run();
        }
    }

    /// Writes to a journal as a recorder does that is behind, and reads nothing from the ring, until that is shut down:
    /// what a producer loses beside it, it loses to the machine and not to the tap.
    static void append(String space, Path directory) {
        byte[] payload = new byte[PAYLOAD_BYTES];
        try (SharedSpace opened = SharedSpace.openTemporary(space);
                SharedRing ring = opened.ring(RING, SHAPE);
                JournalWriter writer = Journal.append(directory, options(), Disk.source())) {
            opened.countDownLatch(READY, 1).countDown();
            while (!ring.isShutdown()) {
                for (int i = 0; i < BURST; i++) {
                    var _ = writer.append(1, payload);
                }
            }
        }
    }

    private static JournalOptions options() {
        return JournalOptions.defaults().withRoll(Duration.ofDays(1), CYCLE_BYTES)
                .withKeep(Duration.ZERO, 2 * CYCLE_BYTES);
    }

    /// Sends for a block that is not measured, and for one that is.
    ///
    /// @param paced whether 100,000 a second are sent, each with the time in it
    /// @param awaited whether a recorder comes
    /// @return millions of messages a second in the second block
    static double send(String space, long millis, boolean paced, boolean awaited) throws InterruptedException {
        try (SharedSpace opened = SharedSpace.openTemporary(space);
                SharedRing ring = opened.ring(RING, SHAPE);
                RingProducer producer = ring.producer()) {
            if (awaited) {
                opened.countDownLatch(READY, 1).await();
            }
            double _ = paced ? paced(producer, millis) : block(producer, millis);
            return paced ? paced(producer, millis) : block(producer, millis);
        }
    }

    private static double block(RingProducer producer, long millis) {
        Claim claim = new Claim();
        long start = System.nanoTime();
        long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
        long sent = 0;
        long now;
        do {
            for (int i = 0; i < BURST; i++) {
                send(producer, claim, sent);
                sent++;
            }
            now = System.nanoTime();
        } while (now - end < 0);
        return sent * 1e3 / (now - start);
    }

    private static double paced(RingProducer producer, long millis) {
        Claim claim = new Claim();
        long start = System.nanoTime();
        long due = start;
        long sent = 0;
        for (; due - start < TimeUnit.MILLISECONDS.toNanos(millis); due += PACE_NANOS) {
            while (System.nanoTime() - due < 0) {
                Thread.onSpinWait();
            }
            Instant time = Instant.now();
            send(producer, claim, time.getEpochSecond() * SECOND + time.getNano());
            sent++;
        }
        return sent * 1e3 / (System.nanoTime() - start);
    }

    private static void send(RingProducer producer, Claim claim, long number) {
        while (!producer.tryClaim(claim, 1, PAYLOAD_BYTES)) {
            Thread.onSpinWait();
        }
        for (int at = 0; at < PAYLOAD_BYTES; at += Long.BYTES) {
            claim.buffer().putLong(at, number + at);
        }
        claim.commit();
    }

    /// The 99th percentile of the times from send to append, of the second half of the records.
    ///
    /// @param all gets them
    /// @return microseconds
    static double latency(Path directory, Histogram all) {
        Histogram block = new Histogram(3);
        long half = Journal.verify(directory, percent -> { }).last() / 2;
        try (JournalReader reader = Journal.read(directory).seek(half)) {
            for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
                if (next.kind() == JournalRecord.Kind.MESSAGE) {
                    long sent = ByteBuffer.wrap(next.payload()).order(ByteOrder.nativeOrder()).getLong();
                    block.recordValue(Math.max(0, next.committedNanos() - sent));
                }
            }
        }
        all.add(block);
        return block.getValueAtPercentile(99) / 1e3;
    }
}
