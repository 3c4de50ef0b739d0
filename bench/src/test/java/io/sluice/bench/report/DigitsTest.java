package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Three significant digits.
class DigitsTest {
    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {
        "0, 0", "1, 1.00", "9.996, 10.0", "9.994, 9.99", "99.96, 100", "0.01234, 0.0123", "-2.5, -2.50",
        "1234.5, '1,235'", "0.00001, 1.00e-05", "1e18, 1.00e+18", "NaN, NaN", "Infinity, Infinity"})
    void aMeasuredValue(double value, String text) {
        assertThat(Digits.text(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {"0, 0", "0.2, 0.2", "1, 1", "2500, '2,500'", "99.99, 99.99"})
    void aRoundValue(double value, String text) {
        assertThat(Digits.round(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.500 ns", "999, 999 ns", "1000, 1.00 µs", "2.5e6, 2.50 ms", "6e10, 60.0 s", "0, 0 ns"})
    void aDuration(double nanos, String text) {
        assertThat(Digits.duration(nanos)).isEqualTo(text);
    }

    @Test
    void aChangeHasItsSign() {
        assertThat(Digits.percent(12.34)).isEqualTo("+12.3 %");
        assertThat(Digits.percent(-5)).isEqualTo("-5.0 %");
        assertThat(Digits.percent(Double.NaN)).isEqualTo("-");
    }
}
