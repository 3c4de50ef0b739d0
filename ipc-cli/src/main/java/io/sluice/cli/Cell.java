package io.sluice.cli;

import java.util.List;

/// One value of a listing: as it is for scripts, as text for people.
///
/// @param raw a `String`, a number, a truth value, a list of them, or null for nothing
/// @param text what the table shows
/// @param tone how it is coloured there
public record Cell(Object raw, String text, Tone tone) {
    /// How a cell is coloured.
    public enum Tone {
        /// As the terminal does.
        PLAIN(""),
        /// In good order.
        GOOD("\u001b[32m"),
        /// To be looked at.
        WARN("\u001b[33m"),
        /// Wrong.
        BAD("\u001b[31m");

        private final String begin;

        Tone(String begin) {
            this.begin = begin;
        }

        /// A text in this tone.
        ///
        /// @param text without escapes
        /// @param coloured whether escapes are wanted
        /// @return the text, with escapes around it where they are
        public String on(String text, boolean coloured) {
            return !coloured || begin.isEmpty() || text.isBlank() ? text : begin + text + "\u001b[0m";
        }
    }

    /// A value that shows itself.
    ///
    /// @param raw the value; null for nothing
    /// @return the cell
    public static Cell of(Object raw) {
        return of(raw, text(raw));
    }

    /// A value with a text of its own.
    ///
    /// @param raw the value; null for nothing
    /// @param text what the table shows
    /// @return the cell
    public static Cell of(Object raw, String text) {
        return new Cell(raw, text, Tone.PLAIN);
    }

    /// The same in a tone.
    ///
    /// @param other how it is coloured
    /// @return the cell
    public Cell in(Tone other) {
        return new Cell(raw, text, other);
    }

    private static String text(Object raw) {
        return switch (raw) {
            case null -> "";
            case Long number -> Numbers.grouped(number);
            case Integer number -> Numbers.grouped(number);
            case List<?> list -> {
                StringBuilder text = new StringBuilder();
                for (Object each : list) {
                    text.append(text.isEmpty() ? "" : ", ").append(each);
                }
                yield text.toString();
            }
            default -> raw.toString();
        };
    }
}
