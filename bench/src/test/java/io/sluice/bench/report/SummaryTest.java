package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Compares the intervals with tables of the sign test: the k-th smallest and k-th largest of n.
class SummaryTest {
    /// The k of 90 % confidence, from published tables of the binomial distribution. The samples are 1, 2 ... n.
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "4, 1", "5, 1", "7, 1", "8, 2", "10, 2", "11, 3", "13, 4", "15, 4", "20, 6", "30, 11"})
    void theIntervalIsThatOfTheSignTest(int count, int k) {
        Summary summary = Summary.of(IntStream.rangeClosed(1, count).mapToObj(i -> Sample.of(i)).toList());
        assertThat(summary.low()).isEqualTo(k);
        assertThat(summary.high()).isEqualTo(count + 1 - k);
        assertThat(summary.median()).isEqualTo((count + 1) / 2.0);
        assertThat(summary.samples()).isEqualTo(count);
    }

    @Test
    void theOrderOfTheSamplesDoesNotMatter() {
        Series series = Samples.series("any", Distance.NEAR, 50, 3, 1, 2, 9, 4);
        assertThat(series.summary(Distance.NEAR)).isEqualTo(new Summary(3, 1, 9, 50, 5));
    }

    @Test
    void samplesOfAnotherDistanceDoNotCount() {
        Series series = Samples.series("any", Distance.MOVED, 50, 3, 1, 2);
        assertThat(series.summary(Distance.NEAR).isEmpty()).isTrue();
        assertThat(series.summary(Distance.NEAR).median()).isNaN();
    }
}
