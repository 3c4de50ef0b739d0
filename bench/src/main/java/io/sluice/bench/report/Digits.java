package io.sluice.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// Numbers as text: three significant digits, the same in every locale.
final class Digits {
    private static final MathContext THREE = new MathContext(3);
    /// Removes only the error of binary fractions.
    private static final MathContext EXACT = new MathContext(9);
    private static final double TINY = 1e-4;
    private static final double HUGE = 1e15;

    private Digits() {}

    /// A measured value: `1.20`, `12.0`, `1,234`.
    static String text(double value) {
        if (!isPlain(value)) {
            return outOfRange(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(THREE);
        int whole = rounded.precision() - rounded.scale();
        return fixed(value, value == 0 ? 0 : Math.max(0, THREE.getPrecision() - whole));
    }

    /// A round number, as at an axis, with all its digits: `1.2`, `99.99`.
    static String round(double value) {
        if (!isPlain(value)) {
            return outOfRange(value);
        }
        return fixed(value, Math.max(0, new BigDecimal(value).round(EXACT).stripTrailingZeros().scale()));
    }

    /// An interval: `[1.20, 1.40]`.
    static String interval(double low, double high) {
        return "[" + text(low) + ", " + text(high) + "]";
    }

    /// A measured duration with its unit: `850 ns`, `1.20 µs`.
    static String duration(double nanos) {
        Scale scale = Scale.of(nanos);
        return text(nanos / scale.nanos) + " " + scale.symbol;
    }

    /// A round duration with its unit, as at an axis: `1 µs`.
    static String roundDuration(double nanos) {
        Scale scale = Scale.of(nanos);
        return round(nanos / scale.nanos) + " " + scale.symbol;
    }

    /// A signed change: `+4.2 %`.
    static String percent(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%+,.1f %%", value) : "-";
    }

    /// A coordinate, to a hundredth: `1.5`, `1234`.
    static String plain(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    private static boolean isPlain(double value) {
        return value == 0 || (Math.abs(value) >= TINY && Math.abs(value) < HUGE);
    }

    private static String outOfRange(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2e", value) : Double.toString(value);
    }

    private static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private enum Scale {
        NANO("ns", 1),
        MICRO("µs", 1e3),
        MILLI("ms", 1e6),
        SECOND("s", 1e9);

        private final String symbol;
        private final double nanos;

        Scale(String symbol, double nanos) {
            this.symbol = symbol;
            this.nanos = nanos;
        }

        static Scale of(double nanos) {
            Scale found = NANO;
            for (Scale scale : values()) {
                if (nanos >= scale.nanos) {
                    found = scale;
                }
            }
            return found;
        }
    }
}
