package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Axes contain their values and have round ticks.
class AxisTest {
    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    @Test
    void aLinearAxisBeginsAtZero() {
        Axis axis = Axis.linear(42);
        assertThat(axis.ticks()).containsExactly(0., 10., 20., 30., 40., 50.);
        assertThat(axis.position(0)).isZero();
        assertThat(axis.position(25)).isEqualTo(0.5, EXACT);
    }

    @Test
    void aLinearAxisOfNothingStillHasALength() {
        assertThat(Axis.linear(0).high()).isEqualTo(1);
        assertThat(Axis.linear(Double.NaN).high()).isEqualTo(1);
    }

    @Test
    void aShortLogarithmicAxisHasTwosAndFives() {
        assertThat(Axis.logarithmic(130, 900).ticks().stream().map(Digits::round)).containsExactly(
                "100", "200", "500", "1,000");
    }

    @Test
    void aLongLogarithmicAxisHasPowersOfTen() {
        Axis axis = Axis.logarithmic(0.02, 300);
        assertThat(axis.ticks().stream().map(Digits::round)).containsExactly(
                "0.01", "0.1", "1", "10", "100", "1,000");
        assertThat(axis.position(1)).isEqualTo(0.4, EXACT);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 2, 5, 10, 1000, 0.001, 3, 7.7, 99.999})
    void aLogarithmicAxisOfOneValueHoldsIt(double value) {
        Axis axis = Axis.logarithmic(value, value);
        assertThat(axis.low()).isLessThanOrEqualTo(value);
        assertThat(axis.high()).isGreaterThanOrEqualTo(value * (1 - 1e-9)).isGreaterThan(axis.low());
        assertThat(axis.ticks()).hasSizeBetween(2, 3);
    }

    @Test
    void valuesOutsideAreAtTheNearerEnd() {
        assertThat(Axis.linear(10).position(11)).isEqualTo(1);
        assertThat(Axis.linear(10).position(-1)).isZero();
        assertThat(Axis.linear(10).position(Double.NaN)).isZero();
        assertThat(Axis.logarithmic(10, 20).position(0)).isZero();
    }
}
