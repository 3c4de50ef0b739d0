package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values in round trips of a bare cache line, here one of 100 ns.
class UnitTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "ns, mean; 250; 2.5", "us; 1; 10", "ms, p99; 1; 10000",
        "M msg/s; 20; 2", "M op/s, both; 20; 2", "msg/s; 20e6; 2", "k messages/s; 5; 0.0005"})
    void durationsAreMultiplesAndRatesAreEventsInOne(String unit, double value, double probes) {
        assertThat(Unit.of(unit).probes(value, 100)).hasValueCloseTo(probes, Offset.offset(1e-9));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"% of a core; 100", "messages; 100", "ns; 0", "M msg/s; 0"})
    void otherUnitsHaveNone(String unit, double probeNanos) {
        assertThat(Unit.of(unit).probes(1, probeNanos)).isEmpty();
    }
}
