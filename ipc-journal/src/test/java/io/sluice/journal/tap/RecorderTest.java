package io.sluice.journal.tap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.journal.Folders;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalException;
import io.sluice.journal.JournalOptions;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import io.sluice.journal.JournalSource;
import io.sluice.journal.JournalWriter;
import io.sluice.journal.JournaledQueue;
import io.sluice.journal.replay.Replay;
import io.sluice.journal.replay.ReplayTarget;
import io.sluice.journal.tap.Recorder.End;
import io.sluice.journal.tap.RecorderOptions.Slow;
import io.sluice.journal.tap.RecorderOptions.Start;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a recorder reads of each kind of source, goes on with, loses and refuses; and what a replay makes of it.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecorderTest {
    private static final JournalOptions JOURNAL = JournalOptions.defaults().withMinFree(0);
    private static final RecorderOptions ONCE = RecorderOptions.defaults().withFollow(false);

    private final Folders folders = new Folders();
    private final SpaceRoot root = new SpaceRoot(folders.root());
    private final SharedSpace space = SharedSpace.open("s", SpaceOptions.under(folders.root()));
    private final Path journal = folders.file("journal");

    @AfterEach
    void remove() {
        space.close();
        folders.close();
    }

    private Recorder open(String name, RecorderOptions options) {
        return Recorder.open(root, "s", name, journal, options, JOURNAL);
    }

    private void record(String name, int messages, long lost) {
        try (Recorder recorder = open(name, ONCE)) {
            assertThat(recorder.run()).isIn(End.DRAINED, End.SHUT_DOWN);
            assertThat(recorder.recorded()).isEqualTo(messages);
            assertThat(recorder.lost()).isEqualTo(lost);
        }
    }

    private List<JournalRecord> records() {
        List<JournalRecord> records = new ArrayList<>();
        try (JournalReader reader = Journal.read(journal)) {
            for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
                records.add(next);
            }
        }
        assertThat(Journal.verify(journal, percent -> { }).isSound()).isTrue();
        return records;
    }

    private List<Integer> types() {
        return records().stream().map(JournalRecord::type).toList();
    }

    private static void send(RingProducer producer, int from, int to) {
        for (int number = from; number < to; number++) {
            try (Claim claim = new Claim()) {
                assertThat(producer.tryClaim(claim, number, 40)).isTrue();
                claim.buffer().putLong(0, number);
                claim.commit();
            }
        }
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    void aRingIsRecordedBesideItsConsumerAndGoneOnWith() {
        for (RingOptions shape : List.of(RingOptions.oneToOne(64), RingOptions.manyToMany(64))) {
            String name = "r" + shape.producers();
            Path own = folders.file(name);
            SharedRing ring = space.ring(name, shape);
            RingProducer producer = ring.producer();
            RingConsumer consumer = ring.consumer();
            send(producer, 0, 30);
            assertThat(consumer.read((type, buffer, index, length) -> { }, 20)).isEqualTo(20);
            try (Recorder recorder = Recorder.open(root, "s", name, own, ONCE, JOURNAL)) {
                assertThat(recorder.run()).isEqualTo(End.DRAINED);
            }
            send(producer, 30, 40);
            assertThat(consumer.drain((type, buffer, index, length) -> { })).isEqualTo(20);
            try (Recorder recorder = Recorder.open(root, "s", name, own, ONCE, JOURNAL)) {
                assertThat(recorder.run()).isEqualTo(End.DRAINED);
                assertThat(recorder.sequence()).isEqualTo(40);
            }
            try (JournalReader reader = Journal.read(own)) {
                for (int number = 0; number < 40; number++) {
                    JournalRecord found = reader.next();
                    assertThat(found.type()).isEqualTo(number);
                    assertThat(found.position()).isEqualTo(number);
                    assertThat(found.source().name()).isEqualTo(name);
                }
                assertThat(reader.next()).isNull();
            }
        }
    }

    @Test
    void whatWasOverwrittenIsOneGapRecord() {
        RingProducer producer = space.ring("b", RingOptions.broadcast(64)).producer();
        send(producer, 0, 10);
        record("b", 10, 0);
        send(producer, 10, 200);
        record("b", 32, 158);
        List<JournalRecord> records = records();
        assertThat(records.get(10).kind()).isEqualTo(JournalRecord.Kind.GAP);
        assertThat(records.get(10).lost()).isEqualTo(158);
        assertThat(records.get(10).position()).isEqualTo(167);
        assertThat(types().subList(11, 43)).isEqualTo(numbers(168, 200));
    }

    @Test
    void aRecorderThatBlocksLosesNothingAndHoldsTheProducerUp() throws InterruptedException {
        SharedRing ring = space.ring("b", RingOptions.broadcast(64));
        RingProducer producer = ring.producer();
        send(producer, 0, 20);
        try (Recorder recorder = open("b", RecorderOptions.defaults().withSlow(Slow.BLOCK))) {
            try (Claim claim = new Claim()) {
                for (int number = 20; number < 84; number++) {
                    assertThat(producer.tryClaim(claim, number, 40)).isTrue();
                    claim.commit();
                }
                assertThat(producer.tryClaim(claim, 84, 40)).isFalse();
            }
            Thread running = Thread.ofPlatform().start(() -> assertThat(recorder.run()).isEqualTo(End.SHUT_DOWN));
            for (int number = 84; number < 2000; number++) {
                Claim claim = new Claim();
                producer.claim(claim, number, 40);
                claim.commit();
            }
            ring.shutdown();
            running.join();
            assertThat(recorder.lost()).isEqualTo(20);      // what lay there before it came
        }
        assertThat(types()).endsWith(1999).containsSubsequence(numbers(20, 2000));
    }

    @Test
    void aQueueIsRecordedBehindCompetingConsumersWithItsLargeElements() throws InterruptedException {
        SharedQueue<String> queue = space.queue("q", Codec.strings(), new QueueOptions(32, 64));
        try (Recorder recorder = open("q", RecorderOptions.defaults())) {
            Thread running = Thread.ofPlatform().start(() -> assertThat(recorder.run()).isEqualTo(End.STOPPED));
            for (int number = 0; number < 100; number++) {
                String text = number + " ".repeat(number % 10 == 0 ? 1000 : 5);
                queue.put(text);
                long seen = number + 1L;
                Jvm.await("recorded", () -> recorder.recorded() == seen);
                assertThat(queue.poll()).isEqualTo(text);
            }
            queue.put("large" + " ".repeat(1000));
            Jvm.await("recorded", () -> recorder.recorded() == 101);
            recorder.stop();
            running.join();
        }
        queue.put("lost" + " ".repeat(1000));
        assertThat(queue.poll()).startsWith("large");
        assertThat(queue.poll()).startsWith("lost");
        queue.put("last");
        record("q", 1, 1);
        assertThat(records()).hasSize(103);
        try (JournalReader reader = Journal.read(journal);
                ReplayTarget target = ReplayTarget.named(root, "s", "copy", reader.next().source())) {
            Thread replay = Thread.ofPlatform().start(() -> {
                try {
                    new Replay(reader.seek(1), each -> true, Replay.MAX).run(target);
                } catch (InterruptedException impossible) {
                    throw new AssertionError(impossible);
                }
            });
            SharedQueue<String> copy = space.queue("copy", Codec.strings(), new QueueOptions(32, 64));
            for (int number = 0; number < 100; number++) {
                assertThat(copy.take()).isEqualTo(number + " ".repeat(number % 10 == 0 ? 1000 : 5));
            }
            assertThat(copy.take()).startsWith("large");
            assertThat(copy.take()).isEqualTo("last");
            replay.join();
        }
    }

    @Test
    void anotherRingOfTheNameIsAnotherSource() {
        SharedRing first = space.ring("r", RingOptions.oneToOne(64));
        send(first.producer(), 0, 5);
        record("r", 5, 0);
        try (Recorder recorder = open("r", RecorderOptions.defaults())) {
            assertThat(first.unlink()).isTrue();
            assertThat(recorder.run()).isEqualTo(End.UNLINKED);
        }
        send(space.ring("r", RingOptions.oneToOne(64)).producer(), 5, 8);
        record("r", 3, 0);
        assertThat(types()).isEqualTo(numbers(0, 8));
        assertThat(records()).extracting(each -> each.source().id()).doesNotContainNull().satisfies(ids ->
                assertThat(List.copyOf(ids).getFirst()).isNotEqualTo(List.copyOf(ids).getLast()));
    }

    @Test
    void aNewRecordingMayBeginNow() {
        SharedRing ring = space.ring("r", RingOptions.oneToOne(64));
        RingProducer producer = ring.producer();
        send(producer, 0, 5);
        try (Recorder recorder = open("r", ONCE.withStart(Start.NOW))) {
            send(producer, 5, 7);
            assertThat(recorder.run()).isEqualTo(End.DRAINED);
        }
        assertThat(types()).containsExactly(5, 6);
        ring.shutdown();
        try (Recorder recorder = open("r", RecorderOptions.defaults())) {
            assertThat(recorder.run()).isEqualTo(End.SHUT_DOWN);
        }
    }

    @Test
    void badInputGetsOneClearError() {
        assertThatThrownBy(() -> open("none", ONCE)).isInstanceOf(NoSuchObjectException.class)
                .hasMessageContaining("has no object 'none'");
        space.lock("lock");
        assertThatThrownBy(() -> open("lock", ONCE)).isInstanceOf(JournalException.class)
                .hasMessageContaining("is a lock; a recorder follows a ring or a queue");
        send(space.ring("r", RingOptions.oneToOne(64)).producer(), 0, 5);
        assertThatThrownBy(() -> open("r", ONCE.withSlow(Slow.BLOCK))).isInstanceOf(JournalException.class)
                .hasMessageContaining("cannot hold its producers up");
        record("r", 5, 0);
        space.ring("other", RingOptions.oneToOne(64));
        assertThatThrownBy(() -> open("other", ONCE)).isInstanceOf(JournalException.class)
                .hasMessageContaining("has recorded 's/r'");
        SharedQueue<String> queue = space.queue("q", Codec.strings(), 8);
        try (JournalReader reader = Journal.read(journal)) {
            assertThatThrownBy(() -> ReplayTarget.named(root, "s", "q", reader.next().source()))
                    .hasMessageContaining("replay into another queue");
            assertThatThrownBy(() -> ReplayTarget.named(root, "s", "lock", reader.next().source()))
                    .hasMessageContaining("is no ring and no queue");
        }
        assertThat(queue).isEmpty();
    }

    @Test
    void aJournaledQueueAppendsBeforeItPublishes() throws InterruptedException {
        QueueOptions options = QueueOptions.of(2);
        try (JournaledQueue<String> queue =
                JournaledQueue.open(space, "q", Codec.strings(), options, journal, JOURNAL)) {
            queue.put("one");
            queue.put("two");
            assertThat(queue.offer("three", 0, TimeUnit.SECONDS)).isFalse();
            SharedQueue<String> consumer = space.queue("q", Codec.strings(), options);
            assertThat(consumer.poll()).isEqualTo("one");
            assertThat(queue.offer("four", 0, TimeUnit.SECONDS)).isTrue();
            assertThat(queue.sequence()).isEqualTo(5);
            assertThat(consumer.poll()).isEqualTo("two");
            assertThat(consumer.poll()).isEqualTo("four");
        }
        assertThat(records()).extracting(JournalRecord::kind).containsExactly(JournalRecord.Kind.MESSAGE,
                JournalRecord.Kind.MESSAGE, JournalRecord.Kind.MESSAGE, JournalRecord.Kind.RETRACTION,
                JournalRecord.Kind.MESSAGE);
        List<String> replayed = new ArrayList<>();
        try (JournalReader reader = Journal.read(journal)) {
            new Replay(reader, each -> true, 1000).run(message -> replayed.add(new String(message.payload(), UTF_8)));
        }
        assertThat(replayed).hasSize(3);
        assertThat(replayed.get(2)).contains("four");
    }

    /// Also where the record that retracts it is the first one that is not replayed, or stands behind a damaged one.
    @Test
    void whatWasRetractedIsNotReplayed() throws InterruptedException, IOException {
        try (JournalWriter writer = Journal.append(journal, JOURNAL, JournalSource.program("test"))) {
            long _ = writer.append(1, "one".getBytes(UTF_8));
            long _ = writer.append(2, "two".getBytes(UTF_8));
            long _ = writer.retract();
            long _ = writer.append(4, "four".getBytes(UTF_8));
        }
        assertThat(replayed(2)).containsExactly(1);
        assertThat(replayed(3)).containsExactly(1);
        assertThat(replayed(4)).containsExactly(1, 4);
        Path file = journal.resolve(Journal.verify(journal, percent -> { }).cycles().getFirst().file());
        byte[] bytes = Files.readAllBytes(file);
        bytes[new String(bytes, ISO_8859_1).indexOf("two")]++;
        Files.write(file, bytes);
        assertThat(replayed(4)).containsExactly(1, 4);
    }

    private List<Integer> replayed(long until) throws InterruptedException {
        List<Integer> types = new ArrayList<>();
        try (JournalReader reader = Journal.read(journal).skipDamage()) {
            Replay replay = new Replay(reader, each -> each.sequence() <= until, Replay.MAX);
            replay.run(message -> types.add(message.type()));
            assertThat(replay.sent()).isEqualTo(types.size());
        }
        return types;
    }
}
