package io.sluice.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A length of time on the command line: `500ms`, `2s`, `1m`; a bare number means seconds.
///
/// @param nanos in nanoseconds, not negative
public record Span(long nanos) {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final double MOST_SECONDS = 86_400;
    private static final String[] UNITS = {"ns", "us", "ms", "s", "min", "h"};
    private static final int[] UNITS_IN_NEXT = {1000, 1000, 1000, 60, 60};

    /// Reads one.
    public static final class Converter implements ITypeConverter<Span> {
        private Converter() {}

        @Override
        public Span convert(String text) {
            String number = text.strip();
            long unit = NANOS_PER_SECOND;
            if (number.endsWith("ms")) {
                unit = NANOS_PER_MILLI;
                number = number.substring(0, number.length() - 2);
            } else if (number.endsWith("s")) {
                number = number.substring(0, number.length() - 1);
            } else if (number.endsWith("m")) {
                unit = 60 * NANOS_PER_SECOND;
                number = number.substring(0, number.length() - 1);
            }
            try {
                double nanos = Double.parseDouble(number) * unit;
                if (nanos >= 0 && nanos <= MOST_SECONDS * NANOS_PER_SECOND) {
                    return new Span((long) nanos);
                }
            } catch (NumberFormatException noNumber) {
                // Refused below.
            }
            throw new TypeConversionException("'" + text + "' is no length of time up to a day, such as 500ms or 2s");
        }
    }

    /// A length of time, short.
    ///
    /// @param nanos in nanoseconds, not negative
    /// @return such as `350 us`, `3.2 s` or `5.4 h`
    public static String text(long nanos) {
        double number = nanos;
        int unit = 0;
        while (unit < UNITS.length - 1 && number >= UNITS_IN_NEXT[unit]) {
            number /= UNITS_IN_NEXT[unit++];
        }
        return String.format(Locale.ROOT, number < 99.95 && unit > 0 ? "%.1f %s" : "%.0f %s", number, UNITS[unit]);
    }

    /// Sleeps for as long.
    ///
    /// @throws InterruptedException if interrupted meanwhile
    public void sleep() throws InterruptedException {
        Thread.sleep(nanos / NANOS_PER_MILLI, (int) (nanos % NANOS_PER_MILLI));
    }
}
