package io.sluice.journal.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amounts as they are typed: `64M`, `90s`, `2026-11-30T02:25:00`.
final class Amounts {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([KMGT]?)(?:i?B)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final String UNITS = "KMGT";

    private Amounts() {}

    static long bytes(String option, String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "%s: '%s' is no size; write one as 500M or 2G".formatted(option, text));
        }
        int unit = matcher.group(2).isEmpty() ? 0 : 1 + UNITS.indexOf(matcher.group(2).toUpperCase(Locale.ROOT));
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * unit));
        } catch (ArithmeticException huge) {
            throw new IllegalArgumentException("%s: %s is too much".formatted(option, text), huge);
        }
    }

    static Duration time(String option, String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "%s: '%s' is no time; write one as 90s, 10m, 12h or 7d".formatted(option, text));
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    static boolean isSequence(String text) {
        return text.matches("\\d{1,18}");
    }

    /// Nanoseconds since 1970 of an instant, or of a local date and time.
    static long instant(String option, String text) {
        try {
            Instant time = text.endsWith("Z") ? Instant.parse(text)
                    : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
        } catch (DateTimeException | ArithmeticException wrong) {
            throw new IllegalArgumentException(("%s: '%s' is neither a sequence nor a time; write one as 1000, or as"
                    + " 2026-11-30T14:30:00").formatted(option, text), wrong);
        }
    }
}
