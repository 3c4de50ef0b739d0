package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// The comparison of two reports.
class ComparisonTest {
    private static final List<Double> TEN = List.of(9., 9.5, 10., 10.5, 11.);
    private static final List<Double> TWELVE = List.of(11.5, 11.8, 12., 12.5, 13.);
    private static final List<Double> ELEVEN = List.of(10., 10.9, 11., 11.1, 11.2);

    private static Report report(String unit, boolean higherIsBetter, Series... series) {
        return Samples.report(Samples.result(
                "benchmark", unit, higherIsBetter, List.of(series), List.of(Goal.against("ring", "agrona", 1.1))));
    }

    private static Series ring(List<Double> values) {
        return Series.of("ring", "", values);
    }

    private static Change change(boolean higherIsBetter, List<Double> before, List<Double> after) {
        List<Change> changes = new Comparison(
                report("M msg/s", higherIsBetter, ring(before)), report("M msg/s", higherIsBetter, ring(after)))
                .changes();
        assertThat(changes).hasSize(1);
        return changes.getFirst();
    }

    @Test
    void disjointIntervalsGiveAVerdict() {
        assertThat(change(true, TEN, TWELVE).verdict()).isEqualTo(Verdict.BETTER);
        assertThat(change(true, TWELVE, TEN).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(change(false, TEN, TWELVE).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(change(false, TWELVE, TEN).verdict()).isEqualTo(Verdict.BETTER);
        assertThat(change(true, TEN, TWELVE).percent()).isEqualTo(20, Offset.offset(1e-9));
        assertThat(change(true, TEN, TWELVE).text()).isEqualTo("faster");
    }

    @Test
    void intervalsThatOverlapAreNoise() {
        assertThat(change(true, TEN, ELEVEN).text()).isEqualTo("within the noise");
        assertThat(change(true, TEN, TEN).percent()).isZero();
    }

    @Test
    void fewSamplesAreMarked() {
        assertThat(change(true, List.of(10.), TWELVE).text()).isEqualTo("faster (few)");
    }

    @Test
    void valuesThatAreNoNumbersHaveNoVerdict() {
        assertThat(change(true, List.of(Double.NaN), TWELVE).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(change(true, List.of(0.), List.of(0.)).percent()).isZero();
    }

    @Test
    void aLoadIsNotFasterButBetter() {
        Comparison comparison = new Comparison(
                report("% of a core", false, ring(TWELVE)), report("% of a core", false, ring(TEN)));
        assertThat(comparison.changes().getFirst().text()).isEqualTo("better");
    }

    @Test
    void aSubjectInOneReportOnlyIsNamed() {
        Report before = report("ns", false, ring(TEN), Series.of("old", "", TEN));
        Report after = new Report(before.machine(), List.of(
                report("ns", false, ring(TEN), Samples.series("ring", Distance.NEAR, 0, 1)).results().getFirst(),
                Samples.result("another", "ns", false, List.of(Series.of("new", "", TEN)), List.of())));
        assertThat(new Comparison(before, after).missing()).containsExactly(
                "only before: benchmark, old, any", "only after: benchmark, ring, near",
                "only after: another, new, any");
    }

    @Test
    void anotherMachineGivesAWarning() {
        Report before = new Report(Map.of("cpu", "one", "cores", "2", "load before", "1"), List.of());
        Report after = new Report(Map.of("cpu", "two", "cores", "2", "load before", "2", "jdk", "25"), List.of());
        assertThat(new Comparison(before, after).warnings()).containsExactly(
                "cpu differs: 'one' before, 'two' after", "jdk differs: 'null' before, '25' after");
        assertThat(new Comparison(before, before).warnings()).isEmpty();
    }

    @Test
    void anotherUnitIsNotCompared() {
        Comparison comparison = new Comparison(report("ns", false, ring(TEN)), report("us", false, ring(TEN)));
        assertThat(comparison.changes()).isEmpty();
        assertThat(comparison.warnings()).containsExactly(
                "benchmark is not compared: 'ns, lower is better' before, 'us, lower is better' after");
    }

    @Test
    void theTableHasValuesAndRatios() {
        Series agrona = Series.of("agrona", "", TEN);
        String text = new Comparison(
                report("M msg/s", true, ring(TEN), agrona), report("M msg/s", true, ring(TWELVE), agrona)).text();
        assertThat(text.lines().map(line -> line.replaceAll(" +", " ").strip())).contains(
                "benchmark: M msg/s, higher is better",
                "ring any 10.0 [9.00, 11.0] 12.0 [11.5, 13.0] +20.0 % faster",
                "agrona any 10.0 [9.00, 11.0] 10.0 [9.00, 11.0] +0.0 % within the noise",
                "ring / agrona any 1.00 1.20 +20.0 % within the noise now reached");
    }
}
