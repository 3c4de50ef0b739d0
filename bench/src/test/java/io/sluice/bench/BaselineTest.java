package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.Baseline.Line;
import io.sluice.bench.benchmark.Match;
import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Quotient;
import io.sluice.shm.linux.Affinity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What counts as worse, and what the command line knows.
class BaselineTest {
    private static Line line(boolean higherIsBetter, double value, double low, double high) {
        Quotient quotient =
                new Quotient(Goal.inform("a", "b"), Distance.NEAR, "b", value, low, high, higherIsBetter);
        return Line.of("match", quotient);
    }

    @Test
    void aRateMayFallToATenthBelowTheWorstThatWasSeen() {
        Line kept = line(true, 2, 1.8, 2.2);

        assertThat(kept.isKeptBy(1.63)).isTrue();
        assertThat(kept.isKeptBy(1.61)).isFalse();
        assertThat(kept.isKeptBy(9)).isTrue();
        assertThat(kept.fall(1)).isEqualTo(0.5);
    }

    @Test
    void aTimeMayRiseToATenthAboveTheWorstThatWasSeen() {
        Line kept = line(false, 1, 0.9, 1.1);

        assertThat(kept.isKeptBy(1.20)).isTrue();
        assertThat(kept.isKeptBy(1.22)).isFalse();
        assertThat(kept.isKeptBy(0.1)).isTrue();
        assertThat(kept.fall(1.5)).isEqualTo(0.5);
    }

    @Test
    void anUpdateReplacesWhatItMeasuredAndKeepsTheRest(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("baseline.json");
        Line other = new Line("other", "a / b", Distance.FAR, true, 1, 1, 1);
        Baseline first = new Baseline(Map.of(), List.of(line(true, 2, 1.8, 2.2), other));

        first.with(Map.of("cpu", "x"), List.of(line(true, 3, 3, 3))).write(file);

        assertThat(Baseline.read(file).lines()).containsExactly(other, line(true, 3, 3, 3));
        assertThat(Baseline.read(file).machine()).containsEntry("cpu", "x");
    }

    @Test
    void aMissingBaselineSaysHowToMakeOne(@TempDir Path directory) {
        assertThatThrownBy(() -> Baseline.read(directory.resolve("none.json")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("guard --update");
    }

    @Test
    void matchesAndContestantsAreFoundByNameOrNamedAsUnknown() {
        assertThat(Suite.select(List.of("queue:queue,python")).getFirst().contestants())
                .containsExactly("queue", "python");
        assertThatThrownBy(() -> Suite.select(List.of("two-way"))).hasMessageContaining("no match 'two-way'");
        assertThatThrownBy(() -> Suite.select(List.of("idle:snore"))).hasMessageContaining("no contestant 'snore'");
    }

    @Test
    void noTwoMatchesHaveTheSameName() {
        assertThat(Suite.ALL).extracting(Match::name).doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9-]+"));
    }

    /// One short block is enough to miss what nobody reaches, and to reach what nobody misses.
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theGuardEndsWithOneIfALineFellAndWithZeroOtherwise(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Affinity.cores().size() > 1, "one core: nothing between two processes is played");
        assertThat(guard(directory, 1000)).isEqualTo(1);
        assertThat(guard(directory, 0.001)).isZero();
    }

    private static int guard(Path directory, double quotient) throws Exception {
        Path file = directory.resolve(quotient + ".json");
        new Baseline(Map.of(), Stream.of(Distance.NEAR, Distance.FAR)
                .map(distance -> new Line("get-and-add", "number / bare", distance, true, quotient, quotient, quotient))
                .toList()).write(file);
        // Every block is near, so that each is judged.
        return BenchCommand.run("guard", "get-and-add", "--baseline", file.toString(), "--near", "1000000000",
                "--forks", "1", "--blocks", "1", "--warmup", "0", "--millis", "20");
    }

    @Test
    void wrongUsageEndsWithTwo() {
        assertThat(BenchCommand.run("no-such-match")).isEqualTo(2);
        assertThat(BenchCommand.run("--no-such-option")).isEqualTo(2);
        assertThat(BenchCommand.run("queue", "--blocks", "0")).isEqualTo(2);
        assertThat(BenchCommand.run("guard", "--baseline", "/nonexistent")).isEqualTo(2);
        assertThat(BenchCommand.run("--list")).isZero();
    }
}
