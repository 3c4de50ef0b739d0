package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How a terminal shows a result.
class TextTableTest {
    @Test
    void eachSubjectHasALineForEachDistance() {
        assertThat(TextTable.text(Samples.oneWay()).lines().map(line -> line.replaceAll(" +", " ").strip()))
                .contains(
                        "M msg/s, higher is better; median and 90 % confidence interval of n samples",
                        "per probe: number in one round trip of a bare cache line",
                        "subject distance median interval n per probe",
                        "ring near 42.0 [40.7, 43.3] 9 2.52",
                        "agrona near 21.0 [20.4, 21.6] 9 1.26",
                        "agrona far 9.70 [9.60, 9.80] 3 few 2.33",
                        "not counted, since the cores moved: ring 1 of 19, agrona 1 of 13, bystander 1 of 19",
                        "agrona: version 1 of agrona");
    }

    @Test
    void eachRatioHasALineWithItsGoal() {
        assertThat(TextTable.text(Samples.oneWay())).contains(
                "  ring / agrona, near: 2.00 [1.88, 2.12] (reached); asked for at least 1.4\n",
                "  ring / agrona, far: 1.13 [1.09, 1.18] (MISSED); asked for at least 1.4\n",
                "  ring / absent: not measured\n");
    }

    @Test
    void percentilesAreShownAsFarAsThereAreEnoughLatencies() {
        List<String> lines = TextTable.text(Samples.roundTrip()).lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
        assertThat(lines).anyMatch(line -> line.matches(
                " latency distance n p50 p90 p99 p99.9 p99.99 max"));
        assertThat(lines).anyMatch(line -> line.matches(
                " ring any 200,000 \\d+ ns \\d+ ns [\\d.]+ (ns|us) [\\d.]+ us [\\d.]+ us [\\d.]+ us"));
        assertThat(lines).anyMatch(line -> line.matches(" flags any 150 \\d+ ns \\d+ ns \\d+ ns - - \\d+ ns"));
    }

    @Test
    void everyLineFitsIntoTheTerminal() {
        Result wide = Samples.result("wide", "M msg/s", true,
                List.of(Samples.series("a-subject-with-a-long-name-unchecked", Distance.NEAR, 60, 1234567.8)),
                List.of());
        Goal many = new Goal("ring", List.of("agrona", "disruptor-of-long-name", "chronicle-of-long-name"), 1);
        Result asked = Samples.result("asked", "M msg/s", true, Samples.oneWay().series(), List.of(many));
        for (Result result : List.of(Samples.oneWay(), Samples.roundTrip(), wide, asked)) {
            assertThat(TextTable.text(result).lines()).allMatch(line -> line.length() <= 120);
        }
    }

    @Test
    void refusalsAreShownIfThereAreAny() {
        Series series = new Series("ring", "", List.of(new Sample(Distance.ANY, 5, 0, 0.25, 0)), Map.of());
        String text = TextTable.text(Samples.result("any", "M msg/s", true, List.of(series), List.of()));
        assertThat(text.lines().map(line -> line.replaceAll(" +", " ").strip())).contains(
                "subject distance median interval n refused",
                "ring any 5.00 [5.00, 5.00] 1 few 0.250");
    }

    @Test
    void aSubjectWithoutSamplesIsNamed() {
        Result result = Samples.result("any", "ns", false, List.of(Series.of("ring", "", List.of())), List.of());
        assertThat(TextTable.text(result)).contains("ring: no samples").doesNotContain("subject");
    }
}
