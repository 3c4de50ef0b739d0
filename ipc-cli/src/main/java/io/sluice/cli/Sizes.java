package io.sluice.cli;

import java.util.Locale;

/// Formats numbers of bytes for people.
public final class Sizes {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Sizes() {}

    /// A number of bytes with a suitable unit.
    ///
    /// @param bytes not negative
    /// @return such as `17.2 MiB`
    public static String text(long bytes) {
        int unit = 0;
        double number = bytes;
        for (; number >= 1000 && unit < UNITS.length - 1; unit++) {
            number /= 1024;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", number, UNITS[unit]);
    }
}
