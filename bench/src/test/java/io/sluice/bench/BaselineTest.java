package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.Baseline.KeptRatio;
import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Ratio;
import io.sluice.shm.linux.Affinity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// When a ratio counts as worse, and how the command line finds benchmarks.
class BaselineTest {
    private static KeptRatio kept(boolean higherIsBetter, double value, double low, double high) {
        Ratio ratio =
                new Ratio(Goal.inform("a", "b"), Distance.NEAR, "b", value, low, high, higherIsBetter);
        return KeptRatio.of("benchmark", ratio);
    }

    @Test
    void aRateIsAcceptedDownToATenthBelowItsInterval() {
        KeptRatio kept = kept(true, 2, 1.8, 2.2);

        assertThat(kept.accepts(1.63)).isTrue();
        assertThat(kept.accepts(1.61)).isFalse();
        assertThat(kept.accepts(9)).isTrue();
        assertThat(kept.regression(1)).isEqualTo(0.5);
    }

    @Test
    void aTimeIsAcceptedUpToATenthAboveItsInterval() {
        KeptRatio kept = kept(false, 1, 0.9, 1.1);

        assertThat(kept.accepts(1.20)).isTrue();
        assertThat(kept.accepts(1.22)).isFalse();
        assertThat(kept.accepts(0.1)).isTrue();
        assertThat(kept.regression(1.5)).isEqualTo(0.5);
    }

    @Test
    void anUpdateReplacesMeasuredRatiosAndKeepsTheOthers(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("baseline.json");
        KeptRatio other = new KeptRatio("other", "a / b", Distance.FAR, true, 1, 1, 1);
        Baseline first = new Baseline(Map.of(), List.of(kept(true, 2, 1.8, 2.2), other));

        first.with(Map.of("cpu", "x"), List.of(kept(true, 3, 3, 3))).write(file);

        assertThat(Baseline.read(file).ratios()).containsExactly(other, kept(true, 3, 3, 3));
        assertThat(Baseline.read(file).machine()).containsEntry("cpu", "x");
    }

    @Test
    void aMissingBaselineSaysHowToMakeOne(@TempDir Path directory) {
        assertThatThrownBy(() -> Baseline.read(directory.resolve("none.json")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("guard --update");
    }

    @Test
    void aFileThatIsNoBaselineIsRefusedWithTheWayOut(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("old.json");
        for (String content : List.of(
                "{\"machine\": {}, \"lines\": []}", "{\"machine\": {}}", "{\"machine\": {}, \"ratios\": null}", "")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> Baseline.read(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("old.json is not a baseline: ")
                    .hasMessageNotContaining("Deserialization")
                    .hasMessageEndingWith("; restore the file, or delete it and run 'sluice bench guard --update'");
        }
    }

    @Test
    void theBaselineOfTheProjectIsRead() throws Exception {
        assertThat(Baseline.read(Path.of("baseline.json")).ratios()).isNotEmpty();
    }

    @Test
    void benchmarksAndSubjectsAreFoundByNameOrNamedAsUnknown() {
        assertThat(Suite.select(List.of("queue:queue,python")).getFirst().subjectNames())
                .containsExactly("queue", "python");
        assertThatThrownBy(() -> Suite.select(List.of("two-way"))).hasMessageContaining("no benchmark 'two-way'");
        assertThatThrownBy(() -> Suite.select(List.of("idle:snore"))).hasMessageContaining("no subject 'snore'");
    }

    @Test
    void noTwoBenchmarksHaveTheSameName() {
        assertThat(Suite.ALL).extracting(Benchmark::name).doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9-]+"));
    }

    /// One short block is enough to miss a limit that no run reaches, and to reach one that every run reaches.
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theGuardExitsWithOneOnARegressionAndWithZeroOtherwise(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Affinity.cores().size() > 1, "one core: no benchmark between two processes runs");
        assertThat(guard(directory, 1000)).isEqualTo(1);
        assertThat(guard(directory, 0.001)).isZero();
    }

    private static int guard(Path directory, double ratio) throws Exception {
        Path file = directory.resolve(ratio + ".json");
        new Baseline(Map.of(), Stream.of(Distance.NEAR, Distance.FAR)
                .map(distance -> new KeptRatio("get-and-add", "number / bare", distance, true, ratio, ratio, ratio))
                .toList()).write(file);
        // Every block is near, so that each is compared.
        return BenchCommand.run("guard", "get-and-add", "--baseline", file.toString(), "--near", "1000000000",
                "--forks", "1", "--blocks", "1", "--warmup", "0", "--millis", "20");
    }

    @Test
    void wrongUsageExitsWithTwo() {
        assertThat(BenchCommand.run("no-such-benchmark")).isEqualTo(2);
        assertThat(BenchCommand.run("--no-such-option")).isEqualTo(2);
        assertThat(BenchCommand.run("queue", "--blocks", "0")).isEqualTo(2);
        assertThat(BenchCommand.run("guard", "--baseline", "/nonexistent")).isEqualTo(2);
        assertThat(BenchCommand.run("--list")).isZero();
    }
}
