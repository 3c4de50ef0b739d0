package io.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.journal.JournalRecord.Kind;
import io.sluice.journal.replay.Replay;
import io.sluice.journal.tap.Jvm;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a journaled queue does while it is full, and with an element that was appended and not put.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournaledQueueTest {
    private static final QueueOptions TWO = QueueOptions.of(2);
    private static final JournalOptions JOURNAL = JournalOptions.defaults().withMinFree(0);

    private final Folders folders = new Folders();
    private final SharedSpace space = SharedSpace.open("s", SpaceOptions.under(folders.root()));
    private final SharedQueue<String> consumer = space.queue("q", Codec.strings(), TWO);
    private final Path journal = folders.file("journal");

    @AfterEach
    void remove() {
        CrashHook.script(null);
        space.close();
        folders.close();
    }

    private JournaledQueue<String> open() {
        return JournaledQueue.open(space, "q", Codec.strings(), TWO, journal, JOURNAL);
    }

    private List<Kind> kinds() {
        assertThat(Journal.verify(journal, percent -> { }).isSound()).isTrue();
        List<Kind> kinds = new ArrayList<>();
        try (JournalReader reader = Journal.read(journal)) {
            for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
                kinds.add(next.kind());
            }
        }
        return kinds;
    }

    private List<String> replayed() throws InterruptedException {
        List<String> replayed = new ArrayList<>();
        try (JournalReader reader = Journal.read(journal)) {
            new Replay(reader, each -> true, Replay.MAX).run(message ->
                    replayed.add(new String(message.payload(), UTF_8).replaceAll("\\P{Alpha}", "")));
        }
        return replayed;
    }

    /// Another producer waits for a consumer that does not come: a time-out is kept, and the end does not wait for it.
    @Test
    void aProducerThatWaitsForRoomHoldsUpNeitherATimeOutNorAForceNorTheEnd() throws InterruptedException {
        JournaledQueue<String> queue = open();
        queue.put("one");
        queue.put("two");
        CountDownLatch appended = new CountDownLatch(1);
        CrashHook.script(point -> {
            if (point == CrashPoint.JOURNAL_ELEMENT_APPENDED) {
                appended.countDown();
            }
        });
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().daemon().start(() -> {
            try {
                queue.put("three");
            } catch (Throwable thrown) {
                end.set(thrown);
            }
        });
        appended.await();
        assertThat(queue.offer("four", 0, TimeUnit.SECONDS)).isFalse();
        assertThat(queue.offer("four", Long.MIN_VALUE, TimeUnit.NANOSECONDS)).isFalse();
        long start = System.nanoTime();
        assertThat(queue.offer("four", 5, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(queue.sequence()).isEqualTo(3);
        queue.force();
        queue.close();
        waiting.join();
        assertThat(end.get()).isInstanceOf(ClosedException.class).hasMessageContaining("'q'");
        queue.close();
        assertThat(queue.sequence()).isEqualTo(4);
        assertThat(kinds()).containsExactly(Kind.MESSAGE, Kind.MESSAGE, Kind.MESSAGE, Kind.RETRACTION);
        assertThat(replayed()).containsExactly("one", "two");
        assertThat(consumer).containsExactly("one", "two");
    }

    /// The consumer may have seen it, so it is not retracted. The process has no other handle of the queue.
    @Test
    void anElementThatIsPublishedWhenTheEndComesIsPut() throws InterruptedException {
        consumer.close();
        JournaledQueue<String> queue = open();
        Thread end = Thread.ofPlatform().daemon().unstarted(queue::close);
        CrashHook.script(point -> {
            if (point == CrashPoint.COMMIT_WORD_SET) {
                end.start();
                Jvm.await("the end waits for the put", () -> end.getState() == Thread.State.WAITING);
            }
        });
        queue.put("one");
        CrashHook.script(null);
        end.join();
        assertThat(kinds()).containsExactly(Kind.MESSAGE);
        try (SharedQueue<String> later = space.queue("q", Codec.strings(), TWO)) {
            assertThat(later).containsExactly("one");
        }
    }

    /// As when there is no memory for what the put needs.
    @Test
    void anElementIsRetractedWhateverEndsItsPut() throws InterruptedException {
        try (JournaledQueue<String> queue = open()) {
            OutOfMemoryError noMemory = new OutOfMemoryError("of the test");
            CrashHook.script(point -> {
                if (point == CrashPoint.JOURNAL_ELEMENT_APPENDED) {
                    throw noMemory;
                }
            });
            assertThatThrownBy(() -> queue.put("one")).isSameAs(noMemory);
            CrashHook.script(null);
            queue.put("two");
        }
        assertThat(kinds()).containsExactly(Kind.MESSAGE, Kind.RETRACTION, Kind.MESSAGE);
        assertThat(replayed()).containsExactly("two");
        assertThat(consumer).containsExactly("two");
    }

    @Test
    void aRetractionThatFailedComesBeforeTheNextElement() throws InterruptedException, IOException {
        Files.createDirectories(journal);
        FaultyEngine engine = new FaultyEngine();
        JournalWriter writer = JournalWriter.open(engine, journal, JOURNAL, JournalSource.program("test"));
        RawCodec raw = new RawCodec(Codec.strings());
        try (JournaledQueue<String> queue = new JournaledQueue<>(
                Codec.strings(), space.queue("q", raw, TWO), space.queue("q", raw, TWO), writer)) {
            queue.put("one");
            queue.put("two");
            JournalFullException full = new JournalFullException("of the test");
            CrashHook.script(point -> {
                if (point == CrashPoint.JOURNAL_ELEMENT_APPENDED) {
                    engine.failBeforeAppend(full);
                }
            });
            assertThatThrownBy(() -> queue.offer("three", 0, TimeUnit.SECONDS)).isSameAs(full);
            CrashHook.script(null);
            assertThat(consumer.poll()).isEqualTo("one");
            queue.put("four");
            assertThat(consumer.poll()).isEqualTo("two");
            assertThat(consumer.poll()).isEqualTo("four");
        }
        assertThat(kinds()).containsExactly(Kind.MESSAGE, Kind.MESSAGE, Kind.MESSAGE, Kind.RETRACTION, Kind.MESSAGE);
        assertThat(replayed()).containsExactly("one", "two", "four");
    }
}
