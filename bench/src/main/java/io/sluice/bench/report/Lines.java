package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;

/// Fits text into lines of limited length.
final class Lines {
    private Lines() {}

    /// Breaks a text between words; a word that is longer than a line has its own line.
    ///
    /// @param width greatest number of characters of a line
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /// Cuts a text of more than `most` characters; its last character is then an ellipsis.
    static String shorten(String text, int most) {
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
    }
}
