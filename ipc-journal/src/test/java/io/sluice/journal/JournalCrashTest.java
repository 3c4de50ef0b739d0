package io.sluice.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.journal.tap.Jvm;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.space.SpaceOptions;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// SIGKILL of a writer at each of its steps that has consequences: nothing that was appended is missing, nothing needs
/// a repair, and the next writer goes on.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalCrashTest {
    private final Folders folders = new Folders();
    private final Path journal = folders.file("journal");
    private final Set<CrashPoint> deaths = EnumSet.noneOf(CrashPoint.class);

    /// Each writer finds what the one before has left.
    @Test
    void aWriterMayDieBetweenAnyTwoSteps() {
        try (folders) {
            dieAt(CrashPoint.JOURNAL_CYCLE_BEGUN, 4, 0);
            dieAt(CrashPoint.JOURNAL_CYCLE_CUT, 1, 0);           // at its start: the last cycle had no end
            dieAt(CrashPoint.JOURNAL_CYCLE_ENDED, 2, 0);
            assertThat(Journal.verify(journal, percent -> { }).first()).isEqualTo(1);
            dieAt(CrashPoint.JOURNAL_CYCLE_REMOVED, 1, 1);
            assertThat(deaths).containsExactlyInAnyOrderElementsOf(Stream.of(CrashPoint.values())
                    .filter(point -> point.name().startsWith("JOURNAL_CYCLE_")).toList());
            JournalReport report = Journal.verify(journal, percent -> { });
            assertThat(report.first()).isGreaterThan(1);
            try (JournalWriter writer = Journal.append(
                    journal, CrashingWriter.OPTIONS, JournalSource.program("test"))) {
                assertThat(writer.append(1, CrashingWriter.text(report.last() + 1))).isEqualTo(report.last() + 1);
            }
            report = Journal.verify(journal, percent -> { });
            assertThat(report.isSound()).isTrue();
            assertThat(report.cycles()).extracting(JournalReport.Cycle::ending).containsOnly("sealed");
        }
    }

    private void dieAt(CrashPoint point, int hit, long kept) {
        try (Jvm writer = Jvm.start(folders, List.of("-Dsluice.crash.at=" + point, "-Dsluice.crash.nth=" + hit),
                CrashingWriter.class, journal.toString(), Long.toString(kept))) {
            assertThat(writer.await()).as("%s: %s", point, writer).isEqualTo(137);
            deaths.add(point);
            JournalReport report = Journal.verify(journal, percent -> { });
            assertThat(report.problems()).as("%s", point).isEmpty();
            assertThat(report.last()).as("%s", point).isGreaterThanOrEqualTo(writer.out().lines().map(Long::parseLong)
                    .reduce((_, later) -> later).orElse(1L));
            try (JournalReader reader = Journal.read(journal)) {
                for (long sequence = report.first(); sequence <= report.last(); sequence++) {
                    assertThat(reader.next().payload()).isEqualTo(CrashingWriter.text(sequence));
                }
                assertThat(reader.next()).isNull();
            }
        }
    }

    /// The element is in the journal alone: the application decides whether to put it again.
    @Test
    void aProducerMayDieBetweenAppendAndPut() {
        try (folders;
                SharedSpace space = SharedSpace.open("s", SpaceOptions.under(folders.root()))) {
            SharedQueue<Integer> queue = space.queue("numbers", Codec.ints(), JournaledSender.SHAPE);
            try (Jvm sender = Jvm.start(folders, List.of("-Dsluice.crash.at=" + CrashPoint.JOURNAL_ELEMENT_APPENDED,
                    "-Dsluice.crash.nth=5"), JournaledSender.class, journal.toString())) {
                assertThat(sender.await()).as("%s", sender).isEqualTo(137);
            }
            JournalReport report = Journal.verify(journal, percent -> { });
            assertThat(report.isSound()).isTrue();
            assertThat(report.last()).isEqualTo(5);
            assertThat(queue.size()).isEqualTo(4);
        }
    }
}
