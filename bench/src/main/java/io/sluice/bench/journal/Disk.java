package io.sluice.bench.journal;

import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalOptions;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalSource;
import io.sluice.journal.JournalWriter;
import io.sluice.journal.replay.Replay;
import io.sluice.journal.replay.ReplayTarget;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.ring.SharedRing;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/// Records of 64 B to the disk, and back.
final class Disk {
    private static final String TARGET = "target";
    private static final int BURST = 1000;
    private static final int READ_RECORDS = 500_000;
    private static final int FILE_BUFFER = 1 << 16;
    private static final byte[] PAYLOAD = new byte[64];

    private Disk() {}

    private interface Append {
        void run() throws IOException;
    }

    /// Measures one block, behind one that is not measured.
    ///
    /// @return millions of records a second
    static double measure(String subject, Path directory, long millis) throws IOException, InterruptedException {
        return switch (subject) {
            case "journal" -> {
                try (JournalWriter writer = writer(directory)) {
                    yield append(millis, () -> writer.append(1, PAYLOAD));
                }
            }
            case "chronicle" -> {
                try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(directory).build();
                        ExcerptAppender appender = queue.createAppender()) {
                    yield append(millis, () -> {
                        try (DocumentContext document = appender.writingDocument()) {
                            document.wire().bytes().write(PAYLOAD, 0, PAYLOAD.length);
                        }
                    });
                }
            }
            case "file" -> {
                try (OutputStream out = new BufferedOutputStream(
                        Files.newOutputStream(directory.resolve("file")), FILE_BUFFER)) {
                    yield append(millis, () -> out.write(PAYLOAD));
                }
            }
            default -> replay(subject.equals("ring"), directory, millis);
        };
    }

    private static JournalWriter writer(Path directory) {
        return Journal.append(directory, JournalOptions.defaults(), source());
    }

    /// The source of a journal that is written without one.
    static JournalSource source() {
        RingOptions shape = RingOptions.oneToOne(1 << 14).withSlotBytes(128);
        return new JournalSource("", "bench", "ring", "", new UUID(0, 0), shape.capacity(), shape.slotBytes(),
                shape.producers().code(), shape.consumers().code());
    }

    private static double append(long millis, Append append) throws IOException {
        double _ = block(millis, append);
        return block(millis, append);
    }

    private static double block(long millis, Append append) throws IOException {
        long start = System.nanoTime();
        long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
        long count = 0;
        long now;
        do {
            for (int i = 0; i < BURST; i++) {
                append.run();
            }
            count += BURST;
            now = System.nanoTime();
        } while (now - end < 0);
        return count * 1e3 / (now - start);
    }

    private static double replay(boolean ring, Path directory, long millis) throws InterruptedException {
        try (JournalWriter writer = writer(directory)) {
            for (int i = 0; i < READ_RECORDS; i++) {
                var _ = writer.append(1, PAYLOAD);
            }
        }
        double _ = passes(ring, directory, millis);
        return passes(ring, directory, millis);
    }

    private static double passes(boolean ring, Path directory, long millis) throws InterruptedException {
        try (SharedSpace space = SharedSpace.openTemporary();
                JournalReader reader = Journal.read(directory);
                ReplayTarget target = ring
                        ? ReplayTarget.named(SpaceRoot.usual(), space.name(), TARGET, reader.next().source())
                        : message -> { }) {
            Thread consumer = ring ? consumer(space) : null;
            long start = System.nanoTime();
            long sent = 0;
            do {
                Replay replay = new Replay(reader.seek(1), any -> true, Replay.MAX);
                replay.run(target);
                sent += replay.sent();
            } while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(millis));
            double rate = sent * 1e3 / (System.nanoTime() - start);
            if (ring) {
                consumer.interrupt();
                consumer.join();
                space.unlink(TARGET);     // a replay makes an object that stays, and it would keep the space
            }
            return rate;
        }
    }

    private static Thread consumer(SharedSpace space) {
        SharedRing ring = space.ring(TARGET, RingOptions.oneToOne(1 << 14).withSlotBytes(128));
        RingConsumer consumer = ring.consumer();
        return Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.interrupted()) {
                if (consumer.read((type, buffer, index, length) -> { }, BURST) == 0) {
                    Thread.onSpinWait();
                }
            }
        });
    }
}
