package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/// A text table: each column is as wide as its widest cell, and numbers are right-aligned.
public final class Table {
    private static final String GAP = "  ";

    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    /// Makes a table with headings.
    ///
    /// @param headings one for each column; `>` in front of one makes its column right-aligned
    public Table(String... headings) {
        right = new boolean[headings.length];
        String[] first = headings.clone();
        for (int i = 0; i < first.length; i++) {
            right[i] = first[i].startsWith(">");
            first[i] = right[i] ? first[i].substring(1) : first[i];
        }
        rows.add(first);
    }

    /// Adds a row.
    ///
    /// @param cells one for each column
    public void row(String... cells) {
        if (cells.length != right.length) {
            throw new IllegalStateException("table: %d cells for %d columns".formatted(cells.length, right.length));
        }
        rows.add(cells.clone());
    }

    /// The table, each line with a newline.
    @Override
    public String toString() {
        int[] widths = new int[right.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String padding = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : GAP).append(right[i] ? padding + row[i] : row[i] + padding);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
