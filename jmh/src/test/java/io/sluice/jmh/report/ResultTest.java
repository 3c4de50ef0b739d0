package io.sluice.jmh.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Medians, their intervals, quotients, and the way to JSON and back.
class ResultTest {
    /// The ranks are those of the tables in Conover's book: two-sided, at least 90 %.
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "4, 1, 4", "5, 1, 5", "7, 1, 7", "8, 2, 7", "10, 2, 9", "11, 3, 9", "20, 6, 15"})
    void theIntervalIsThatOfTheOrderStatistics(int samples, double low, double high) {
        Series series = Samples.near("x", DoubleStream.iterate(samples, value -> value - 1).limit(samples).toArray());

        Summary summary = series.summary(Distance.NEAR);

        assertThat(summary.low()).isEqualTo(low);
        assertThat(summary.high()).isEqualTo(high);
        assertThat(summary.median()).isEqualTo((samples + 1) / 2.0);
        assertThat(summary.probeNanos()).isEqualTo(100);
        assertThat(series.summary(Distance.FAR).isEmpty()).isTrue();
    }

    @Test
    void ofRatesTheGreatestPeerIsTheBest() {
        Result result = Samples.rate(List.of(new Goal("ours", List.of("slow", "fast", "absent"), 1.8)),
                Samples.near("ours", 90, 100, 110), Samples.near("slow", 10), Samples.near("fast", 40, 50, 60));

        Quotient quotient = result.quotients().getFirst();

        assertThat(quotient.peer()).isEqualTo("fast");
        assertThat(quotient.value()).isEqualTo(2);
        assertThat(quotient.low()).isEqualTo(90.0 / 60);
        assertThat(quotient.high()).isEqualTo(110.0 / 40);
        assertThat(quotient.isReached()).isTrue();
    }

    @Test
    void ofTimesTheLeastPeerIsTheBest() {
        Result result = Samples.time(List.of(new Goal("ours", List.of("slow", "fast"), 0.9)),
                Samples.near("ours", 95), Samples.near("slow", 200), Samples.near("fast", 100));

        Quotient quotient = result.quotients().getFirst();

        assertThat(quotient.peer()).isEqualTo("fast");
        assertThat(quotient.value()).isCloseTo(0.95, within(1e-9));
        assertThat(quotient.isReached()).isFalse();
    }

    @Test
    void whatOneOfThemDidNotMeasureHasNoQuotient() {
        Result result = Samples.rate(List.of(Goal.inform("ours", "gone")), Samples.near("ours", 1));

        assertThat(result.quotients()).isEmpty();
        assertThat(result.distances()).containsExactly(Distance.NEAR);
    }

    @Test
    void aReportComesBackFromJson(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("report.json");
        Report report = Samples.report(
                Samples.rate(List.of(Goal.against("ours", Samples.HOSTILE, 2)),
                        Samples.near("ours", 1, Double.NaN), Samples.withLatencies(Samples.HOSTILE, 100, 200, 90_000)));

        report.write(file);
        Report read = Report.read(file);

        assertThat(read).isEqualTo(report);
        assertThat(read.results().getFirst().series().get(1).latencies(Distance.NEAR).orElseThrow().getMaxValue())
                .isBetween(90_000L, 90_200L);
    }

    @Test
    void aFileThatIsNoReportIsNamed(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("other.json"), "{\"lines\": []}");

        assertThatThrownBy(() -> Report.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other.json is no report of 'sluice bench'");
    }
}
