package io.sluice.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.journal.JournalRecord.Kind;
import io.sluice.journal.tap.RecorderOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Appending, rolling, reading, and what is told of journals that were damaged.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalTest {
    private static final JournalSource SOURCE = JournalSource.program("test");
    private static final JournalOptions OPTIONS = JournalOptions.defaults().withMinFree(0);
    private static final JournalOptions SMALL = OPTIONS.withRoll(Duration.ofHours(1), 1 << 16);

    private final Folders folders = new Folders();
    private final Path journal = folders.file("journal");

    @AfterEach
    void remove() {
        folders.close();
    }

    private void append(JournalOptions options, int from, int to) {
        try (JournalWriter writer = Journal.append(journal, options, SOURCE)) {
            assertThat(writer.sequence()).isEqualTo(from - 1L);
            for (int number = from; number <= to; number++) {
                assertThat(writer.append(number % 7, text(number))).isEqualTo(number);
            }
        }
    }

    private static byte[] text(int number) {
        return ("message " + number + " " + "x".repeat(number % 100)).getBytes(UTF_8);
    }

    private static List<JournalRecord> rest(JournalReader reader) {
        List<JournalRecord> records = new ArrayList<>();
        for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
            records.add(next);
        }
        return records;
    }

    private void assertHolds(int from, int to) {
        try (JournalReader reader = Journal.read(journal)) {
            List<JournalRecord> records = rest(reader);
            assertThat(records).extracting(JournalRecord::sequence).startsWith((long) from).endsWith((long) to)
                    .hasSize(to - from + 1);
            for (JournalRecord found : records) {
                int number = (int) found.sequence();
                assertThat(found.payload()).isEqualTo(text(number));
                assertThat(found.type()).isEqualTo(number % 7);
                assertThat(found.source()).isEqualTo(SOURCE);
                assertThat(found.receivedNanos()).isLessThanOrEqualTo(found.committedNanos());
            }
        }
    }

    private JournalReport verify() {
        return Journal.verify(journal, percent -> { });
    }

    private Path cycle(int index) {
        return journal.resolve(verify().cycles().get(index).file());
    }

    @Test
    void whatIsAppendedIsReadInCyclesOfTheSizeAndFoundBySequenceAndTime() {
        append(SMALL, 1, 2000);
        append(SMALL, 2001, 3000);
        assertHolds(1, 3000);
        JournalReport report = verify();
        assertThat(report.isSound()).isTrue();
        assertThat(report.first()).isEqualTo(1);
        assertThat(report.last()).isEqualTo(3000);
        assertThat(report.cycles()).hasSizeGreaterThan(4).allSatisfy(cycle ->
                assertThat(cycle.bytes()).isLessThan(200_000));
        long time = 0;
        try (JournalReader reader = Journal.read(journal)) {
            for (long sequence : new long[] {1, 2, 999, 1500, 2000, 2001, 3000, 5}) {
                JournalRecord found = reader.seek(sequence).next();
                assertThat(found.sequence()).isEqualTo(sequence);
                assertThat(reader.next() == null).isEqualTo(sequence == 3000);
                time = sequence == 1500 ? found.receivedNanos() : time;
            }
            assertThat(reader.seek(3001).next()).isNull();
            JournalRecord found = reader.seekTime(time).next();
            assertThat(found.receivedNanos()).isEqualTo(time);
            assertThat(found.sequence()).isLessThanOrEqualTo(1500);
        }
        append(SMALL.withKeep(Duration.ZERO, 300_000), 3001, 5000);
        report = verify();
        assertThat(report.isSound()).isTrue();
        assertThat(report.first()).isGreaterThan(3000);
        assertHolds((int) report.first(), 5000);
    }

    @Test
    void aCycleEndsAfterItsTime() throws InterruptedException {
        JournalOptions second = OPTIONS.withRoll(Duration.ofSeconds(1), 1 << 20);
        try (JournalWriter writer = Journal.append(journal, second, SOURCE)) {
            long _ = writer.append(1, text(1));
            long start = writer.nanos();
            while (writer.nanos() - start < Duration.ofMillis(1001).toNanos()) {
                Thread.sleep(20);                // waits have a floor
            }
            long _ = writer.append(2, text(2));
        }
        assertThat(verify().cycles()).extracting(JournalReport.Cycle::records).containsExactly(1L, 1L);
    }

    @Test
    void aReaderFindsWhatComesLaterAlsoInTheNextCycle() {
        try (JournalWriter writer = Journal.append(journal, SMALL, SOURCE)) {
            long _ = writer.append(1, text(1));
            try (JournalReader reader = Journal.read(journal)) {
                for (int number = 2; number < 700; number++) {
                    assertThat(reader.next().sequence()).isEqualTo(number - 1);
                    assertThat(reader.next()).isNull();
                    long _ = writer.append(number % 7, text(number));
                }
                assertThat(verify().written()).isTrue();
                assertThat(verify().isSound()).isTrue();
            }
            assertThatThrownBy(() -> Journal.append(journal, SMALL, SOURCE)).isInstanceOf(JournalException.class)
                    .hasMessageContaining("writes it");
        }
    }

    @Test
    void gapsAndRetractionsAreRecords() {
        try (JournalWriter writer = Journal.append(journal, OPTIONS, SOURCE)) {
            long _ = writer.append(1, text(1));
            assertThat(writer.gap(10, 25)).isEqualTo(2);
            assertThat(writer.position()).isEqualTo(24);
            assertThat(writer.retract()).isEqualTo(3);
        }
        try (JournalReader reader = Journal.read(journal)) {
            assertThat(rest(reader)).extracting(JournalRecord::kind, JournalRecord::lost)
                    .containsExactly(tuple(Kind.MESSAGE, 0L),
                            tuple(Kind.GAP, 15L),
                            tuple(Kind.RETRACTION, 0L));
        }
        assertThat(verify().cycles().getFirst().lost()).isEqualTo(15);
    }

    /// A cycle that is full does not refuse it, nor does the look at the disk that a roll takes.
    @Test
    void aRetractionStandsInTheCycleOfItsRecord() {
        try (JournalWriter writer = Journal.append(journal, SMALL, SOURCE)) {
            long _ = writer.append(1, new byte[1 << 16]);
            assertThat(writer.retract()).isEqualTo(2);
            assertThat(verify().cycles()).hasSize(1);
            long _ = writer.append(3, text(3));
        }
        assertThat(verify().isSound()).isTrue();
        assertThat(verify().cycles()).extracting(JournalReport.Cycle::records).containsExactly(2L, 1L);
    }

    /// Linux tells once that a page was lost, so a force that succeeds after it would prove nothing.
    @Test
    void aWriterEndsWithAForceThatFailed() throws IOException {
        Files.createDirectories(journal);
        FaultyEngine engine = new FaultyEngine();
        try (JournalWriter writer = JournalWriter.open(engine, journal, OPTIONS, SOURCE)) {
            assertThat(writer.append(1, text(1))).isEqualTo(1);
            UncheckedIOException lost = new UncheckedIOException(new IOException("Input/output error"));
            engine.failInForce(lost);
            assertThatThrownBy(writer::force).isSameAs(lost);
            assertThatThrownBy(writer::force).isInstanceOf(JournalException.class)
                    .hasMessageContaining("an earlier append or force failed")
                    .hasMessageContaining("goes on behind sequence 1");
            assertThatThrownBy(() -> writer.append(2, text(2))).isInstanceOf(JournalException.class);
        }
        append(OPTIONS, 2, 3);
        assertHolds(1, 3);
    }

    /// Journals are Chronicle queues: the tailer of Chronicle reads them.
    @Test
    void chronicleReadsTheFiles() {
        append(SMALL, 1, 1000);
        int records = 0;
        try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(journal)
                        .rollCycle(LegacyRollCycles.MINUTELY).readOnly(true).build();
                ExcerptTailer tailer = queue.createTailer()) {
            for (;;) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (!document.isPresent()) {
                        break;
                    }
                    records++;
                }
            }
        }
        assertThat(records).isEqualTo(1000 + verify().cycles().size());      // with the heads
    }

    @Test
    void aChangedByteIsNamedAndTheRecordsBehindItAreStillRead() throws IOException {
        append(SMALL, 1, 1000);
        Path file = cycle(1);
        long first = verify().cycles().get(1).first();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = find(bytes, "message " + (first + 5) + " ");
            bytes.seek(at + 3);
            bytes.write('?');
        }
        JournalReport report = verify();
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("chain");
            assertThat(problem.sequence()).isEqualTo(first + 5);
        });
        try (JournalReader reader = Journal.read(journal).seek(first)) {
            for (int i = 0; i < 5; i++) {
                assertThat(reader.next().sequence()).isEqualTo(first + i);
            }
            assertThatThrownBy(reader::next).isInstanceOf(JournalException.class)
                    .hasMessageContaining("behind sequence %,d is damaged".formatted(first + 4));
            assertThat(rest(reader.skipDamage().seek(1))).hasSize(999);
            assertThat(reader.skipped()).isEqualTo(1);
        }
        append(SMALL, 1001, 1010);
        assertThat(verify().problems()).hasSize(1);
        Files.delete(file);
        assertThat(verify().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("missing");
            assertThat(problem.sequence()).isEqualTo(first);
        });
    }

    private static long find(RandomAccessFile file, String text) throws IOException {
        byte[] all = new byte[1 << 18];
        file.seek(0);
        int length = file.read(all);
        int at = new String(all, 0, length, ISO_8859_1).indexOf(text);
        assertThat(at).isPositive();
        return at;
    }

    /// Pages that a power cut has kept from the disk: cut off at every place, or zeros with something behind them.
    @Test
    void aTornEndIsToldAndCutOffByTheNextWriter() throws IOException {
        append(OPTIONS, 1, 100);
        Path file = cycle(0);
        byte[] whole = Files.readAllBytes(file);
        long end = verify().cycles().getFirst().end();
        for (int lost = 1; lost < 400; lost += 13) {
            byte[] cut = Arrays.copyOf(whole, (int) end - lost);
            Files.write(file, cut);
            assertTornAt(file);
            byte[] zeros = Arrays.copyOf(cut, (int) end + 100);
            Files.write(file, zeros);
            assertTornAt(file);
            zeros[(int) end + 40] = 1;
            Files.write(file, zeros);
            assertTornAt(file);
        }
        JournalReport before = verify();
        assertThat(before.problems()).extracting(JournalReport.Problem::kind).containsExactly("torn");
        Files.writeString(journal.resolve("current/metadata.cq4t"), "whatever a power cut leaves");
        int last = (int) before.last();
        append(OPTIONS, last + 1, 200);
        assertThat(verify().isSound()).isTrue();
        assertHolds(1, 200);
    }

    private void assertTornAt(Path file) throws IOException {
        JournalReport report = verify();
        assertThat(report.last()).as("%s of %,d bytes", file, Files.size(file)).isBetween(94L, 99L);
        assertThat(report.problems()).hasSizeLessThan(2).allMatch(problem -> problem.kind().equals("torn"));
        assertHolds(1, (int) report.last());
    }

    @Test
    void aJournalIsCutBehindASequence() {
        append(SMALL, 1, 2000);
        assertThat(Journal.truncate(journal, Long.MAX_VALUE)).isZero();
        assertThat(Journal.truncate(journal, 1200)).isEqualTo(800);
        assertHolds(1, 1200);
        assertThat(verify().isSound()).isTrue();
        append(SMALL, 1201, 1300);
        assertHolds(1, 1300);
        assertThat(verify().isSound()).isTrue();
        assertThat(Journal.truncate(journal, 0)).isEqualTo(1300);
        append(SMALL, 1, 10);
        assertHolds(1, 10);
    }

    @Test
    void badInputGetsOneClearError() throws IOException {
        assertThatThrownBy(() -> Journal.read(journal)).hasMessageContaining("there is no such directory");
        assertThatThrownBy(() -> verify()).hasMessageContaining("there is no such directory");
        Files.createDirectory(journal);
        assertThatThrownBy(() -> Journal.read(journal)).hasMessageContaining("holds no journal");
        Files.writeString(journal.resolve("20261130-0225.cq4"), "no queue at all, but long enough to be one");
        assertThatThrownBy(() -> Journal.append(journal, OPTIONS, SOURCE)).hasMessageContaining("of another program");
        assertThatThrownBy(() -> Journal.truncate(journal, 5)).hasMessageContaining("of another program");
        assertThat(verify().problems()).extracting(JournalReport.Problem::kind).containsExactly("foreign");
        assertThat(Files.readString(journal.resolve("20261130-0225.cq4"))).startsWith("no queue");
        Path file = Files.createFile(folders.file("file"));
        assertThatThrownBy(() -> Journal.append(file, OPTIONS, SOURCE)).hasMessageContaining("that is a file");
        assertThatThrownBy(() -> Journal.read(file)).hasMessageContaining("that is a file");
        assertThatThrownBy(() -> OPTIONS.withRoll(Duration.ofDays(1), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /// Of 100,000 days, each record would be over at once: their end is beyond the range of the clock.
    @Test
    void timesAreWithinTheRangeOfTheClock() {
        for (Duration wrong : List.of(Duration.ofDays(100_000), Duration.ofSeconds(Long.MAX_VALUE),
                Duration.ofSeconds(-1), Duration.ZERO)) {
            assertThatThrownBy(() -> OPTIONS.withRoll(wrong, 1 << 20)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rollEvery is " + wrong).hasMessageContaining("by size alone");
        }
        for (Duration wrong : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(-1))) {
            assertThatThrownBy(() -> OPTIONS.withKeep(wrong, 0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("keepFor is " + wrong).hasMessageContaining("zero keeps all");
            assertThatThrownBy(() -> RecorderOptions.defaults().withForceEvery(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("forceEvery is " + wrong).hasMessageContaining("zero leaves");
        }
        Duration most = Duration.ofDays(36_525);
        assertThat(RecorderOptions.defaults().withForceEvery(most).forceEvery()).isEqualTo(most);
        append(OPTIONS.withRoll(most, 1 << 20).withKeep(most, 0), 1, 10);
        assertThat(verify().cycles()).hasSize(1);
    }

    @Test
    void aWriterStopsBeforeTheDiskIsFull() throws IOException {
        append(SMALL, 1, 500);
        long free = Files.getFileStore(journal).getUsableSpace();
        assertThatThrownBy(() -> Journal.append(journal, SMALL.withMinFree(2 * free), SOURCE))
                .isInstanceOf(JournalFullException.class).hasMessageContaining("journal '%s'".formatted(journal))
                .hasMessageContaining("shall stay free").hasMessageContaining("make room");
        append(SMALL, 501, 600);
        assertHolds(1, 600);
    }

    /// Neither the start of a writer nor a report writes into what is whole.
    @Test
    void aSealedCycleIsLeftAsItIs() throws IOException {
        append(OPTIONS, 1, 100);
        Path file = cycle(0);
        byte[] bytes = Files.readAllBytes(file);
        FileTime past = FileTime.fromMillis(0);
        Files.setLastModifiedTime(file, past);
        append(OPTIONS, 101, 110);
        assertThat(verify().isSound()).isTrue();
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(past);         // retention counts from there
    }

    @Test
    void oneDamagedRecordCondemnsNoOther() throws IOException {
        append(OPTIONS, 1, 20);
        Path file = cycle(0);
        byte[] whole = Files.readAllBytes(file);
        int record = new String(whole, ISO_8859_1).indexOf("message 10 ") - RecordFormat.HEADER;
        for (int field : new int[] {0, 3, 8, 20, 40, 46, RecordFormat.CHAIN, RecordFormat.HEADER}) {
            byte[] damaged = whole.clone();
            damaged[record + field] ^= 0x40;
            Files.write(file, damaged);
            assertThat(verify().problems()).as("field %s", field).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo("chain");
                assertThat(problem.sequence()).isEqualTo(10);
            });
            try (JournalReader reader = Journal.read(journal).skipDamage()) {
                assertThat(rest(reader)).as("field %s", field).hasSize(19);
                assertThat(reader.skipped()).isEqualTo(1);
                assertThat(reader.seek(12).next().sequence()).isEqualTo(12);
                assertThat(reader.seek(10).next().sequence()).isEqualTo(11);
            }
            try (JournalReader reader = Journal.read(journal)) {
                assertThat(reader.seek(12).next().sequence()).isEqualTo(12);
                assertThat(rest(reader)).hasSize(8);
            }
        }
    }

    /// Whatever the record before the sought one says of itself.
    @Test
    void aSeekBelievesNoDamagedRecord() throws IOException {
        append(OPTIONS, 1, 20);
        long time;
        try (JournalReader reader = Journal.read(journal)) {
            time = reader.seek(11).next().receivedNanos();
        }
        Path file = cycle(0);
        byte[] whole = Files.readAllBytes(file);
        int record = new String(whole, ISO_8859_1).indexOf("message 10 ") - RecordFormat.HEADER;
        int sequence = 8;
        int received = 24;
        for (int field : new int[] {0, 3, sequence, sequence + 7, 20, received + 6, 40, RecordFormat.CHAIN,
                RecordFormat.HEADER}) {
            byte[] damaged = whole.clone();
            damaged[record + field] ^= 8;            // of sequence 10: 2
            Files.write(file, damaged);
            try (JournalReader reader = Journal.read(journal)) {
                assertThat(rest(reader.seek(11))).as("field %s", field).hasSize(10)
                        .first().extracting(JournalRecord::sequence).isEqualTo(11L);
                assertThatThrownBy(reader.seek(10)::next).as("field %s", field).isInstanceOf(JournalException.class)
                        .hasMessageContaining("sequences 10 to 10 are missing, or damaged");
                assertThat(rest(reader)).as("field %s", field).hasSize(10);
                assertThatThrownBy(reader.seekTime(time)::next).as("field %s", field)
                        .hasMessageContaining("sequences 10 to 10 are missing, or damaged");
                assertThat(reader.next().sequence()).as("field %s", field).isEqualTo(11);
                assertThat(reader.skipDamage().seek(11).next().sequence()).isEqualTo(11);
                assertThat(reader.skipped()).isZero();
                assertThat(reader.seek(10).next().sequence()).isEqualTo(11);
                assertThat(reader.skipped()).isEqualTo(1);
            }
        }
    }

    /// Good records stand behind a damaged head: the file is told and refused, and stays.
    @Test
    void aDamagedHeadCostsNoRecord() throws IOException {
        append(SMALL, 1, 700);
        Path file = journal.resolve(verify().cycles().getLast().file());
        long first = verify().cycles().getLast().first();
        byte[] damaged = Files.readAllBytes(file);
        damaged[new String(damaged, ISO_8859_1).indexOf("program")] ^= 1;
        Files.write(file, damaged);
        JournalReport report = verify();
        assertThat(report.last()).isEqualTo(700);
        assertThat(report.problems()).singleElement().satisfies(problem ->
                assertThat(problem.kind()).isEqualTo("chain"));
        assertThatThrownBy(() -> Journal.append(journal, SMALL, SOURCE)).isInstanceOf(JournalException.class)
                .hasMessageContaining("head of '%s' is damaged".formatted(file.getFileName()));
        assertThatThrownBy(() -> Journal.truncate(journal, 600)).hasMessageContaining("is damaged");
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
        try (JournalReader reader = Journal.read(journal)) {
            for (long sequence = 1; sequence < first; sequence++) {
                assertThat(reader.next().sequence()).isEqualTo(sequence);
            }
            assertThatThrownBy(reader::next).hasMessageContaining("is damaged");
            assertThatThrownBy(reader::next).hasMessageContaining("is damaged");
            assertThat(rest(reader.skipDamage())).hasSize((int) (701 - first)).extracting(JournalRecord::source)
                    .containsOnlyNulls();
            assertThat(reader.next()).isNull();
            assertThat(reader.skipped()).isEqualTo(1);
        }
    }

    /// A reader that skips damage counts the head, wherever its file stands, and reads what is behind it.
    @Test
    void aFileWithoutAHeadIsReadOnceDamageIsSkipped() throws IOException {
        append(SMALL, 1, 1500);
        List<JournalReport.Cycle> cycles = verify().cycles();
        assertThat(cycles).hasSizeGreaterThan(2);
        for (int index : new int[] {0, 1, cycles.size() - 1}) {
            Path file = cycle(index);
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = whole.clone();
            damaged[new String(damaged, ISO_8859_1).indexOf("program")] ^= 1;
            Files.write(file, damaged);
            JournalReport.Cycle cycle = cycles.get(index);
            try (JournalReader reader = Journal.read(journal).skipDamage()) {
                assertThat(rest(reader)).as("cycle %s", index).extracting(JournalRecord::sequence).hasSize(1500)
                        .isSorted().startsWith(1L).endsWith(1500L);
                assertThat(reader.skipped()).isEqualTo(1);
                assertThat(reader.next()).isNull();
                assertThat(reader.skipped()).isEqualTo(1);
                for (long sought : new long[] {cycle.first(), (cycle.first() + cycle.last()) / 2, cycle.last(), 1500}) {
                    assertThat(rest(reader.seek(sought))).as("cycle %s, sequence %s", index, sought)
                            .hasSize((int) (1501 - sought)).first().extracting(JournalRecord::sequence)
                            .isEqualTo(sought);
                }
            }
            Files.write(file, whole);
        }
    }

    @Test
    void aReaderKeepsItsPlace() throws IOException {
        try (JournalWriter writer = Journal.append(journal, SMALL, SOURCE)) {
            for (int number = 1; number <= 1500; number++) {
                long _ = writer.append(number % 7, text(number));
            }
            try (JournalReader ahead = Journal.read(journal).seek(2000)) {
                assertThat(ahead.next()).isNull();
                for (int number = 1501; number <= 2000; number++) {
                    assertThat(ahead.next()).isNull();
                    long _ = writer.append(number % 7, text(number));
                }
                assertThat(ahead.next().sequence()).isEqualTo(2000);
            }
        }
        JournalReport.Cycle lost = verify().cycles().get(1);
        Files.delete(journal.resolve(lost.file()));
        try (JournalReader reader = Journal.read(journal)) {
            for (long sequence = 1; sequence < lost.first(); sequence++) {
                assertThat(reader.next().sequence()).isEqualTo(sequence);
            }
            assertThatThrownBy(reader::next).hasMessageContaining("are missing");
            assertThat(rest(reader)).hasSize((int) (2000 - lost.last()));
            assertThatThrownBy(reader.seek(lost.first())::next).hasMessageContaining("are missing");
            assertThat(reader.next().sequence()).isEqualTo(lost.last() + 1);
            assertThat(reader.seek(lost.last() + 1).next().sequence()).isEqualTo(lost.last() + 1);
        }
        Path foreign = journal.resolve("20200101-0000.cq4");
        Files.writeString(foreign, "no queue at all, but long enough to be one");
        try (JournalReader reader = Journal.read(journal)) {
            assertThatThrownBy(reader::next).hasMessageContaining("of another program");
            assertThatThrownBy(reader::next).hasMessageContaining("of another program");
        }
    }

    /// The cycles that a reader has open are removed under it.
    @Test
    void aReaderOutlivesItsFiles() throws IOException {
        append(OPTIONS, 1, 10);
        try (JournalReader reader = Journal.read(journal)) {
            assertThat(reader.next().sequence()).isEqualTo(1);
            Files.delete(cycle(0));
            assertThat(rest(reader)).hasSize(9);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void filesOfOthersAreRefusedOrLeft() throws IOException {
        append(SMALL, 1, 1000);
        Path foreign = journal.resolve("20200101-0000.cq4");
        Files.writeString(foreign, "no queue at all, but long enough to be one");
        Files.writeString(journal.resolve("notes.txt"), "mine");
        Path old = cycle(1);
        append(SMALL.withKeep(Duration.ZERO, 1), 1001, 2000);
        assertThat(old).doesNotExist();
        assertThat(foreign).exists();
        assertThat(journal.resolve("notes.txt")).exists();
        assertThat(verify().problems()).extracting(JournalReport.Problem::kind).containsExactly("foreign");
        Files.move(foreign, journal.resolve("queue.cq4"));
        assertThatThrownBy(() -> Journal.append(journal, SMALL, SOURCE)).isInstanceOf(JournalException.class)
                .hasMessageContaining("'queue.cq4' is a file of another program");
        assertThat(journal.resolve("queue.cq4")).exists();
    }

    /// What Chronicle has written when its process dies in the first header of a file: a word, and nothing behind it.
    @Test
    void aFileThatHasNotBegunDoesNotStopTheNextWriter() throws IOException {
        append(OPTIONS, 1, 10);
        byte[] begun = new byte[1 << 16];
        begun[3] = (byte) 0x80;
        Path file = journal.resolve("current/20991231-2359.cq4");
        Files.write(file, begun);
        assertThat(verify().problems()).isEmpty();
        assertHolds(1, 10);
        append(OPTIONS, 11, 20);
        assertHolds(1, 20);
        assertThat(file).doesNotExist();
    }

    @Test
    void aRecordThatIsBeingWrittenIsNoTear() throws IOException {
        try (JournalWriter writer = Journal.append(journal, OPTIONS, SOURCE)) {
            long _ = writer.append(1, text(1));
            JournalReport.Cycle cycle = verify().cycles().getLast();
            try (RandomAccessFile file = new RandomAccessFile(journal.resolve(cycle.file()).toFile(), "rw")) {
                file.seek((cycle.end() + 3) & -4);
                file.write(new byte[] {0x70, 0, 0, (byte) 0x80});
                assertThat(verify().cycles().getLast().ending()).isEqualTo("open");
                assertThat(verify().isSound()).isTrue();
                file.seek((cycle.end() + 3) & -4);
                file.write(new byte[4]);
            }
            long _ = writer.append(2, text(2));
        }
        assertHolds(1, 2);
    }

    /// Interrupts at every step: nothing fails, nothing is lost, and the status stays.
    @Test
    void anInterruptClosesNothing() throws InterruptedException {
        JournalWriter writer = Journal.append(journal, SMALL, SOURCE);
        Thread thread = Thread.currentThread();
        Thread storm = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                thread.interrupt();
                Thread.onSpinWait();
            }
        });
        try {
            for (int number = 1; number <= 3000; number++) {
                long _ = writer.append(number % 7, text(number));
                if (number % 200 == 0) {
                    writer.force();
                }
            }
            assertHolds(1, 3000);
            assertThat(verify().isSound()).isTrue();
            writer.close();
            append(SMALL, 3001, 3100);
            assertHolds(1, 3100);
        } finally {
            storm.interrupt();
            while (storm.isAlive()) {
                Thread.onSpinWait();
            }
        }
        assertThat(Thread.interrupted()).isTrue();
        writer.close();
    }

    /// The device is waited for in [JournalWriter#force()], and not in an append that begins a cycle.
    @Test
    void onlyAForceWaitsForTheDevice() throws IOException {
        Path events = folders.file("events.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.start();
            try (JournalWriter writer = Journal.append(journal, SMALL, SOURCE)) {
                for (int number = 1; number <= 1000; number++) {
                    long _ = writer.append(number % 7, text(number));
                }
                Files.createFile(folders.file("mark"));
                try (FileChannel mark = FileChannel.open(folders.file("mark"), StandardOpenOption.WRITE)) {
                    mark.force(true);
                }
                writer.force();
                long _ = writer.append(0, text(1001));
            }
            recording.stop();
            recording.dump(events);
        }
        List<String> forced = RecordingFile.readAllEvents(events).stream().map(event -> event.getString("path"))
                .toList();
        List<String> before = forced.subList(0, forced.indexOf(folders.file("mark").toString()));
        assertThat(before).noneMatch(path -> path.startsWith(journal.toString()));
        List<String> after = forced.subList(before.size() + 1, forced.size());
        assertThat(after.stream().map(Path::of).map(Path::getFileName).distinct()).filteredOn(name ->
                name.toString().endsWith(".cq4")).hasSize(verify().cycles().size()).hasSizeGreaterThan(2);
        assertThat(after).endsWith(cycle(verify().cycles().size() - 1).toString(), journal + "/current",
                journal.toString());
    }
}
