package io.sluice.journal.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.journal.Folders;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalOptions;
import io.sluice.journal.JournalReport;
import io.sluice.journal.JournalSource;
import io.sluice.journal.JournalWriter;
import io.sluice.journal.tap.Jvm;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The commands as a shell runs them.
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalCommandsTest {
    private final Folders folders = new Folders();
    private final SharedSpace space = SharedSpace.open("default", SpaceOptions.under(folders.root()));
    private final Path journal = folders.file("journal");

    @AfterEach
    void remove() {
        space.close();
        folders.close();
    }

    private static void send(RingProducer producer, int from, int to) {
        for (int number = from; number <= to; number++) {
            byte[] text = ("order " + number).getBytes(UTF_8);
            try (Claim claim = new Claim()) {
                assertThat(producer.tryClaim(claim, number, text.length)).isTrue();
                claim.buffer().putBytes(0, text);
                claim.commit();
            }
        }
    }

    private List<String> run(boolean errors, String... lines) {
        try (Jvm script = Jvm.start(folders, Script.class, lines)) {
            assertThat(script.await()).as("%s", script).isZero();
            List<String> parts = new ArrayList<>(List.of((errors ? script.err() : script.out()).split("(?m)^exit ")));
            for (int i = 1; i < parts.size(); i++) {
                int end = parts.get(i).indexOf('\n');
                parts.set(i - 1, parts.get(i).substring(0, end) + " " + parts.get(i - 1));
                parts.set(i, parts.get(i).substring(end + 1));
            }
            return parts;
        }
    }

    @Test
    void aRecordingIsListedShownSearchedCheckedReplayedAndCut() throws IOException {
        var orders = space.ring("orders", RingOptions.oneToOne(64));
        send(orders.producer(), 1, 20);
        var target = space.ring("again", RingOptions.manyToMany(64));
        List<String> out = run(false,
                "record orders --to " + journal + " --once --min-free 0",
                "journal ls " + journal,
                "journal ls -f json " + journal,
                "journal dump " + journal + " --from 19",
                "journal dump -f json " + journal + " --until 1 --follow",
                "journal grep " + journal + " r.1[05]$",
                "journal grep " + journal + " nothing",
                "journal verify " + journal,
                "replay " + journal + " --to - --speed max --from 5 --until 6",
                "replay " + journal + " --to again --speed 10x",
                "replay " + journal + " --to fresh --speed max --until 3",
                "journal truncate " + journal + " --after 15",
                "journal verify -f json " + journal);
        assertThat(out).hasSize(14);
        assertThat(out.get(0)).isEqualTo("0 ");
        assertThat(out.get(1)).startsWith("0 FILE").contains("default/orders");
        assertThat(out.get(2)).contains("\"last\":20", "\"sound\":true", "\"kind\":\"ring\"");
        assertThat(out.get(3)).startsWith("0 19 ").contains("type 20, 8 bytes: order 20").doesNotContain("order 18");
        assertThat(out.get(4)).startsWith("0 {\"sequence\":1,").contains("\"payload\":\"b3JkZXIgMQ==\"")
                .hasLineCount(1);
        assertThat(out.get(5)).startsWith("0 ").contains("order 10", "order 15").hasLineCount(2);
        assertThat(out.get(6)).isEqualTo("1 ");
        assertThat(out.get(7)).startsWith("0 ").contains("sequences 1 to 20, sound");
        assertThat(out.get(8)).isEqualTo("0 order 5\norder 6\n");
        assertThat(out.get(9)).isEqualTo("0 ");
        assertThat(out.get(11)).isEqualTo("0 ");
        assertThat(out.get(12)).contains("\"last\":15", "\"sound\":true");
        assertThat(types(target.consumer())).hasSize(20).startsWith(1).endsWith(20);
        assertThat(types(space.ring("fresh", RingOptions.oneToOne(64)).consumer())).containsExactly(1, 2, 3);
    }

    private static List<Integer> types(RingConsumer consumer) {
        List<Integer> types = new ArrayList<>();
        int _ = consumer.drain((type, buffer, index, length) -> types.add(type));
        return types;
    }

    @Test
    void badInputGetsOneLine() throws IOException {
        send(space.ring("orders", RingOptions.oneToOne(64)).producer(), 1, 20);
        space.semaphore("permits", 3);
        Path foreign = Files.createDirectory(folders.file("foreign"));
        Files.writeString(foreign.resolve("20261130-0225.cq4"), "something else, and long enough to be taken for it");
        Path empty = Files.createDirectory(folders.file("empty"));
        Path none = folders.file("none");
        Path held = folders.file("held");
        JournalWriter writer = Journal.append(held, JournalOptions.defaults().withMinFree(0),
                JournalSource.program("test"));
        long _ = writer.append(1, new byte[0]);
        assertThat(Journal.verify(held, percent -> { }).written()).isTrue();     // looks at the lock, and leaves it
        assertThatThrownBy(() -> Journal.truncate(held, 0)).hasMessageContaining("writes it");
        List<String> err = run(true,
                "record none --to " + journal,
                "record permits --to " + journal,
                "record orders --to " + journal + " --slow block",
                "record orders --to " + foreign + " --min-free 0",
                "record orders --to " + journal + " --min-free 8000000G",
                "record orders --to " + journal + " --min-free much",
                "journal verify " + none,
                "journal ls " + empty,
                "journal verify " + foreign,
                "replay " + none + " --to -",
                "record orders --to " + journal + " --once --min-free 0",
                "replay " + journal + " --to permits",
                "replay " + journal + " --to - --speed fast",
                "replay " + journal + " --to - --from yesterday",
                "journal",
                "journal truncate " + held);
        writer.close();
        assertThat(err.get(15)).startsWith("1 ").contains("another process, or this one, writes it");
        assertThat(err.get(0)).startsWith("1 sluice: space 'default' has no object 'none'");
        assertThat(err.get(1)).startsWith("1 sluice: 'permits' in space 'default' is a semaphore");
        assertThat(err.get(2)).startsWith("1 ").contains("cannot hold its producers up");
        assertThat(err.get(3)).startsWith("1 ").contains("of another program");
        assertThat(err.get(4)).startsWith("1 ").contains("shall stay free");
        assertThat(err.get(5)).startsWith("2 ").contains("'much' is no size");
        assertThat(err.get(6)).startsWith("1 ").contains("there is no such directory");
        assertThat(err.get(7)).startsWith("1 ").contains("holds no journal");
        assertThat(err.get(8)).startsWith("1 ").contains("no journal");
        assertThat(err.get(9)).startsWith("1 ").contains("there is no such directory");
        assertThat(err.get(10)).startsWith("0 ").contains("20 recorded, up to sequence 20; nothing is left");
        assertThat(err.get(11)).startsWith("1 ").contains("is no ring and no queue");
        assertThat(err.get(12)).startsWith("2 ").contains("'fast' is no speed");
        assertThat(err.get(13)).startsWith("2 ").contains("neither a sequence nor a time");
        assertThat(err.get(14)).startsWith("2 ").contains("missing command: ls, dump");
        for (String one : err.subList(0, 5)) {
            assertThat(one).hasLineCount(1);
        }
        JournalReport.Cycle cycle = Journal.verify(journal, percent -> { }).cycles().getFirst();
        try (RandomAccessFile file = new RandomAccessFile(journal.resolve(cycle.file()).toFile(), "rw")) {
            file.seek(cycle.end() - 200);
            file.write(7);
        }
        err = run(true, "journal verify " + journal, "replay " + journal + " --to - --speed max",
                "journal dump --damaged " + journal);
        assertThat(err.get(0)).isEqualTo("1 ");
        assertThat(err.get(1)).startsWith("1 ").contains("is damaged").hasLineCount(1);
        assertThat(err.get(2)).startsWith("0 ").contains("1 records are damaged");
    }

    /// The records behind a damaged head, and that it is damaged.
    @Test
    void aFileWithoutAHeadIsShownAndReplayedOnceDamageIsSkipped() throws IOException {
        try (JournalWriter writer = Journal.append(journal, JournalOptions.defaults().withMinFree(0),
                JournalSource.program("of a test"))) {
            long _ = writer.append(7, "message".getBytes(UTF_8));
        }
        Path file = journal.resolve(Journal.verify(journal, percent -> { }).cycles().getFirst().file());
        byte[] bytes = Files.readAllBytes(file);
        bytes[new String(bytes, ISO_8859_1).indexOf("of a test")]++;
        Files.write(file, bytes);
        String[] lines = {
            "journal dump -f json --damaged " + journal,
            "replay " + journal + " --to - --speed max --damaged",
            "replay " + journal + " --to again --damaged",
            "journal dump " + journal,
            "record orders --to " + journal + " --roll-every 100000d",
        };
        List<String> out = run(false, lines);
        assertThat(out.get(0)).startsWith("0 {\"sequence\":1,").contains("\"source\":\"\"").hasLineCount(1);
        assertThat(out.get(1)).isEqualTo("0 message\n");
        List<String> err = run(true, lines);
        assertThat(err.get(0)).isEqualTo("0 sluice: 1 records are damaged or missing\n");
        assertThat(err.get(1)).startsWith("0 ").contains("1 messages replayed; 1 records were damaged or missing");
        assertThat(err.get(2)).startsWith("1 ").contains("only they tell what was recorded").hasLineCount(1);
        assertThat(err.get(3)).startsWith("1 ").contains("is damaged").hasLineCount(1);
        assertThat(err.get(4)).startsWith("2 ").contains("rollEvery is PT2400000H").hasLineCount(1);
    }

    @Test
    void withoutTheFlagsOneLineNamesThemAndASignalSealsTheJournal() {
        send(space.ring("orders", RingOptions.oneToOne(64)).producer(), 1, 20);
        try (Jvm plain = Jvm.start(folders, Path.of("/dev/null"), List.of("--enable-native-access=ALL-UNNAMED"),
                        JournalMain.class, "record", "orders", "--to", journal.toString(), "--min-free", "0");
                Jvm recorder = Jvm.start(folders, JournalMain.class, "record", "orders", "--to",
                        folders.file("other").toString(), "--min-free", "0")) {
            assertThat(plain.await()).isEqualTo(1);
            assertThat(plain.err()).startsWith("sluice: a journal is written by Chronicle Queue").hasLineCount(1)
                    .contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED");
            Jvm.await("recording", () -> !recorder.isAlive() || recorder.err().contains("behind sequence 0"));
            Jvm.await("a first cycle", () -> !recorder.isAlive() || hasCycle(folders.file("other")));
            recorder.terminate();
            assertThat(recorder.await()).as("%s", recorder).isEqualTo(143);
            assertThat(recorder.err()).contains("stopped");
        }
        JournalReport report = Journal.verify(folders.file("other"), percent -> { });
        assertThat(report.cycles()).allMatch(cycle -> cycle.ending().equals("sealed"));
    }

    private static boolean hasCycle(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".cq4"));
        } catch (IOException | UncheckedIOException notYet) {
            return false;
        }
    }

    /// Until Ctrl-C, over the ends of cycles.
    @Test
    void aFollowedJournalShowsEachRecordThatComes() {
        JournalOptions small = JournalOptions.defaults().withMinFree(0).withRoll(Duration.ofHours(1), 1 << 16);
        try (JournalWriter writer = Journal.append(journal, small, JournalSource.program("test"))) {
            long _ = writer.append(1, new byte[1000]);
            try (Jvm dump = Jvm.start(folders, JournalMain.class, "journal", "dump", "--follow", "--from", "1",
                    journal.toString())) {
                for (int number = 1; number <= 3; number++) {
                    long shown = writer.sequence();
                    Jvm.await("shown", () -> !dump.isAlive() || dump.out().lines().count() == shown);
                    assertThat(dump.isAlive()).as("%s", dump).isTrue();
                    for (int more = 0; more < 50; more++) {
                        long _ = writer.append(1, new byte[1000]);
                    }
                }
                dump.interrupt();
                assertThat(dump.await()).isEqualTo(130);
                assertThat(dump.err()).isEmpty();
            }
        }
        assertThat(Journal.verify(journal, percent -> { }).cycles()).hasSizeGreaterThan(2);
    }
}
