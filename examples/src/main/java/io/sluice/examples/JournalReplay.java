package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalOptions;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournaledQueue;
import io.sluice.journal.replay.Replay;
import io.sluice.journal.replay.ReplayTarget;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.queue.QueueOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What has passed through a queue comes again: each deposit is on disk before the consumer sees it, and a consumer
/// that has lost what it knew replays the journal from the start.
///
/// ```
/// examples/run JournalReplay
/// ```
///
/// Journals are an artifact of its own, `sluice-journal`, and a JVM that writes one needs flags; the script sets them.
public final class JournalReplay {
    private JournalReplay() {}

    /// Puts deposits, takes them, loses the balance, and computes it again.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    /// @throws IOException if the disk refuses
    public static void main(String[] arguments) throws InterruptedException, IOException {
        Path directory = Files.createTempDirectory("sluice-example-");
        try (var space = SharedSpace.openTemporary()) {
            long balance = 0;
            try (var deposits = JournaledQueue.open(space, "deposits", Codec.ints(), QueueOptions.of(4),
                    directory, JournalOptions.defaults())) {
                var consumer = space.queue("deposits", Codec.ints(), QueueOptions.of(4));
                for (int amount = 100; amount <= 400; amount += 100) {
                    deposits.put(amount);
                    balance += consumer.take();
                }
            }
            System.out.println("the consumer knows a balance of " + balance + ", and dies");

            var report = Journal.verify(directory, percent -> {});
            System.out.println("on disk: records " + report.first() + " to " + report.last() + ", sound: "
                    + report.isSound());
            System.out.println("a new consumer replays them: " + replay(space, directory, 1));
            System.out.println("or from the third one on: " + replay(space, directory, 3));
        } finally {
            remove(directory);
        }
    }

    /// The elements go into another queue of the same kind, without pauses.
    private static List<Integer> replay(SharedSpace space, Path directory, long from) throws InterruptedException {
        try (JournalReader reader = Journal.read(directory)) {
            var source = reader.next().source();         // how the queue was made that was recorded
            List<Integer> amounts = new ArrayList<>();
            try (var target = ReplayTarget.named(SpaceRoot.usual(), space.name(), "again", source);
                    var consumer = space.queue("again", Codec.ints(), QueueOptions.of(4))) {
                new Replay(reader.seek(from), record -> true, Replay.MAX).run(target);
                for (Integer amount = consumer.poll(); amount != null; amount = consumer.poll()) {
                    amounts.add(amount);
                }
                consumer.unlink();           // a replay makes a queue that stays
            }
            return amounts;
        }
    }

    private static void remove(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.toList();
        }
        for (Path path : all.reversed()) {
            Files.delete(path);
        }
    }
}
