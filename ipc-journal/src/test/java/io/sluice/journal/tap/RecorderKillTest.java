package io.sluice.journal.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.journal.Folders;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import io.sluice.journal.JournalReport;
import io.sluice.journal.command.JournalMain;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// SIGKILL of the recorder, of the producer, of both, and a power cut of the journal, at random: the recording goes on
/// without duplicate or hole, since the ring still has everything.
@Tag(Campaign.TAG)
class RecorderKillTest {
    private static final int FIRST = 55_000;
    private static final int SECOND = 1_000_000;
    private static final int SECOND_COUNT = 5000;
    private static final int PAGE = 4096;

    @Test
    void theRecordingGoesOnAfterEveryDeath() throws IOException {
        Campaign campaign = Campaign.begin("sluice.recorder.kills", 1, 300);
        Random random = campaign.random();
        for (int round = 0; campaign.goesOn(round); round++) {
            try (Folders folders = new Folders();
                    SharedSpace space = SharedSpace.open("s", SpaceOptions.under(folders.root()))) {
                var ring = space.ring("quotes", Sender.SHAPE);
                recordAcrossDeaths(folders, random);
                assertThat(ring.unlink()).isTrue();
            }
        }
    }

    private static void recordAcrossDeaths(Folders folders, Random random) throws IOException {
        Path journal = folders.file("journal");
        try (Jvm sender = sender(folders, 0, FIRST, false)) {
            try (Jvm recorder = recorder(folders, journal)) {
                int some = 200 + random.nextInt(2000);
                Jvm.await("some records", () -> !recorder.isAlive() || last(journal) > some);
                recorder.kill();
            }
            long lost = powerCut(journal, random.nextInt(3), random.nextInt(PAGE));
            long cut = last(journal);
            assertThat(cut).isPositive();
            try (Jvm recorder = recorder(folders, journal)) {
                Jvm.await("what was cut off", () -> !recorder.isAlive() || last(journal) >= cut + lost);
                sender.kill();
                recorder.kill();
            }
        }
        try (Jvm sender = sender(folders, SECOND, SECOND_COUNT, true);
                Jvm recorder = recorder(folders, journal)) {
            assertThat(sender.await()).as("%s", sender).isZero();
            assertThat(recorder.await()).as("%s", recorder).isZero();
            assertThat(recorder.err()).contains("the source was shut down").doesNotContain("lost", "WARN", "SLF4J");
        }
        JournalReport report = Journal.verify(journal, percent -> { });
        assertThat(report.problems()).isEmpty();
        List<Integer> types = types(journal);
        int first = types.size() - SECOND_COUNT;
        assertThat(types).isEqualTo(IntStream.concat(IntStream.range(0, first),
                IntStream.range(SECOND, SECOND + SECOND_COUNT)).boxed().toList());
        assertThat(first).isBetween(200, FIRST);
        assertThat(report.last()).isEqualTo(types.size());
    }

    private static Jvm sender(Folders folders, int from, int count, boolean ends) {
        return Jvm.start(folders, Sender.class, "quotes", Integer.toString(from), Integer.toString(count),
                Boolean.toString(ends));
    }

    private static Jvm recorder(Folders folders, Path journal) {
        return Jvm.start(folders, JournalMain.class, "record", "quotes", "--space", "s", "--to", journal.toString(),
                "--min-free", "0");
    }

    private static long last(Path journal) {
        try {
            return Journal.verify(journal, percent -> { }).last();
        } catch (RuntimeException notYet) {
            return 0;
        }
    }

    /// The last pages never reached the disk, and a part of the one before.
    ///
    /// @return how many records that costs
    private static long powerCut(Path journal, int pages, int bytes) throws IOException {
        JournalReport before = Journal.verify(journal, percent -> { });
        JournalReport.Cycle cycle = before.cycles().getLast();
        try (RandomAccessFile file = new RandomAccessFile(journal.resolve(cycle.file()).toFile(), "rw")) {
            file.setLength(Math.max(cycle.end() / 2, cycle.end() - (long) pages * PAGE - bytes));
        }
        return before.last() - last(journal);
    }

    private static List<Integer> types(Path journal) {
        List<Integer> types = new ArrayList<>();
        try (JournalReader reader = Journal.read(journal)) {
            for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
                assertThat(next.kind()).isEqualTo(JournalRecord.Kind.MESSAGE);
                types.add(next.type());
            }
        }
        return types;
    }
}
