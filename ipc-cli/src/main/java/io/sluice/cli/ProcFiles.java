package io.sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Small files of `/proc` and `/sys`, below a root that a test replaces.
///
/// @param root usually `/`
public record ProcFiles(Path root) {
    /// What `max` and `unlimited` stand for.
    public static final long UNLIMITED = Long.MAX_VALUE;

    /// The text of a file.
    ///
    /// @param file absolute path
    /// @return without blanks at its ends; empty if it is not there, or may not be read
    public String text(String file) {
        try {
            return Files.readString(root.resolve(file.substring(1)), StandardCharsets.ISO_8859_1).strip();
        } catch (IOException notThere) {
            return "";
        }
    }

    /// The number in a file.
    ///
    /// @param file absolute path
    /// @return -1 if there is none; [#UNLIMITED] for `max`
    public long number(String file) {
        return parse(text(file));
    }

    /// The number that a text is.
    ///
    /// @param text without blanks
    /// @return -1 if it is none; [#UNLIMITED] for `max`
    public static long parse(String text) {
        if (text.equals("max") || text.equals("unlimited")) {
            return UNLIMITED;
        }
        try {
            return text.isEmpty() ? -1 : Long.parseLong(text);
        } catch (NumberFormatException larger) {
            return -1;
        }
    }

    /// The word that a file shows in brackets, among those that can be chosen.
    ///
    /// @param file absolute path
    /// @return the word; the whole text if there are no brackets
    public String chosen(String file) {
        String text = text(file);
        int begin = text.indexOf('[');
        int end = text.indexOf(']');
        return begin >= 0 && end > begin ? text.substring(begin + 1, end) : text;
    }
}
