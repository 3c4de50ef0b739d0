package io.sluice.cli;

/// Formats numbers for people, the same under every locale.
public final class Numbers {
    private static final String[] THOUSANDS = {"", " k", " M", " G"};

    /// What is not rounded up to four digits.
    private static final double LARGEST = 999.5;

    private Numbers() {}

    /// A whole number with a comma at each thousand.
    ///
    /// @param number any
    /// @return such as `1,234,567`
    public static String grouped(long number) {
        String digits = Long.toString(number);
        StringBuilder text = new StringBuilder(digits);
        for (int at = digits.length() - 3; at > (number < 0 ? 1 : 0); at -= 3) {
            text.insert(at, ',');
        }
        return text.toString();
    }

    /// A rate, short.
    ///
    /// @param perSecond not negative
    /// @return such as `1.2 M/s`
    public static String rate(double perSecond) {
        double number = perSecond;
        int unit = 0;
        for (; number >= LARGEST && unit < THOUSANDS.length - 1; unit++) {
            number /= 1000;
        }
        long tenths = Math.round(number * 10);
        String digits = tenths % 10 == 0 || tenths >= 1000 ? Long.toString(Math.round(number))
                : tenths / 10 + "." + tenths % 10;
        return digits + THOUSANDS[unit] + "/s";
    }
}
