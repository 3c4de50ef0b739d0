package io.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Bytes, pages and ends of a journal are changed at random: it is told or refused in words, what is read is what was
/// appended, and a writer goes on behind what is whole.
@Tag(Campaign.TAG)
class DamagedJournalTest {
    private static final int RECORDS = 1200;
    private static final int PAGE = 4096;
    private static final JournalOptions OPTIONS =
            JournalOptions.defaults().withMinFree(0).withRoll(Duration.ofHours(1), 1 << 16);

    private final Folders folders = new Folders();
    private final Path journal = folders.file("journal");

    @Test
    void damageIsToldAndNothingFalseIsRead() throws IOException {
        Campaign campaign = Campaign.begin("sluice.journal.damages", 15, 20_000);
        Random random = campaign.random();
        try (folders) {
            append(1, RECORDS);
            Map<Path, byte[]> whole = files();
            for (int round = 0; campaign.goesOn(round); round++) {
                restore(whole);
                damage(random, whole);
                check("round " + round, random);
            }
        }
    }

    private void append(int from, int to) {
        try (JournalWriter writer = Journal.append(journal, OPTIONS, JournalSource.program("test"))) {
            assertThat(writer.sequence()).isEqualTo(from - 1L);
            for (int number = from; number <= to; number++) {
                long _ = writer.append(number, text(number));
            }
        }
    }

    private static byte[] text(long number) {
        return ("message " + number + " " + "x".repeat((int) number % 50)).getBytes(UTF_8);
    }

    private Map<Path, byte[]> files() throws IOException {
        Map<Path, byte[]> files = new LinkedHashMap<>();
        try (var all = Files.list(journal)) {
            for (Path file : all.filter(each -> each.toString().endsWith(".cq4")).sorted().toList()) {
                files.put(file, Files.readAllBytes(file));
            }
        }
        return files;
    }

    private void restore(Map<Path, byte[]> whole) throws IOException {
        for (Path file : files().keySet()) {
            Files.delete(file);
        }
        for (Map.Entry<Path, byte[]> file : whole.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
    }

    private static void damage(Random random, Map<Path, byte[]> whole) throws IOException {
        Path file = whole.keySet().stream().toList().get(random.nextInt(whole.size()));
        byte[] bytes = whole.get(file).clone();
        switch (random.nextInt(3)) {
            case 0 -> {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            case 1 -> {
                int page = random.nextInt(bytes.length / PAGE) * PAGE;
                Arrays.fill(bytes, page, page + PAGE, (byte) 0);
            }
            default -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        Files.write(file, bytes);
    }

    private void check(String round, Random random) {
        JournalReport report = Journal.verify(journal, percent -> { });
        List<String> kinds = report.problems().stream().map(JournalReport.Problem::kind).toList();
        try {
            readAll(round);
            seekAny(round, random);
            long last = report.cycles().stream().filter(cycle -> cycle.source() != null)
                    .reduce((_, later) -> later).orElseThrow().last();
            append((int) last + 1, (int) last + 3);
            assertThat(readAll(round)).as(round).isEqualTo(last + 3);
        } catch (JournalException refused) {
            boolean foreign = refused.getMessage().contains("of another program");
            assertThat(kinds).as("%s: %s", round, refused).contains(foreign ? "foreign" : "chain");
            assertThat(foreign || refused.getMessage().contains("the head of")).as("%s: %s", round, refused).isTrue();
        }
    }

    /// A seek finds what a reader finds that comes from the start.
    private void seekAny(String round, Random random) {
        List<Long> all = new ArrayList<>();
        try (JournalReader reader = Journal.read(journal).skipDamage()) {
            for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
                all.add(next.sequence());
            }
            for (int i = 0; i < 5; i++) {
                long sought = 1L + random.nextInt(RECORDS);
                long expected = all.stream().filter(sequence -> sequence >= sought).findFirst().orElse(0L);
                JournalRecord found = reader.seek(sought).next();
                assertThat(found == null ? 0 : found.sequence()).as("%s, sequence %s", round, sought)
                        .isEqualTo(expected);
            }
        }
    }

    /// @return the last sequence
    private long readAll(String round) {
        long last = 0;
        try (JournalReader reader = Journal.read(journal).skipDamage()) {
            for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
                assertThat(next.sequence()).as(round).isGreaterThan(last);
                last = next.sequence();
                assertThat(next.payload()).as(round).isEqualTo(text(last));
            }
        }
        return last;
    }
}
