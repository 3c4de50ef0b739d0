package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A report that is written as JSON is read back.
class ReportTest {
    @TempDir
    private Path directory;

    @Test
    void aWrittenReportIsReadBackEqual() throws IOException {
        Report report = Samples.report(Samples.oneWay(), Samples.roundTrip(), Samples.hostile());
        Path file = directory.resolve("report.json");
        report.write(file);
        assertThat(Report.read(file)).isEqualTo(report);
    }

    @Test
    void histogramsAreReadBackWithEveryLatency() throws IOException {
        Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(150, 1_000);
        histogram.recordValue(3_000_000);
        Series series = new Series(
                "ring", "", List.of(), Map.of(Distance.NEAR, Series.encode(histogram)));
        Path file = directory.resolve("report.json");
        Samples.report(Samples.result("any", "ns", false, List.of(series), List.of())).write(file);
        Series read = Report.read(file).result("any").orElseThrow().series("ring").orElseThrow();
        assertThat(read.latencies(Distance.NEAR)).contains(histogram);
        assertThat(read.latencies(Distance.FAR)).isEmpty();
    }

    @Test
    void anotherFileIsRefusedByName() throws IOException {
        Path file = Files.writeString(directory.resolve("other.json"), "{\"machine\": 7}");
        assertThatThrownBy(() -> Report.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other.json is not a report");
    }
}
