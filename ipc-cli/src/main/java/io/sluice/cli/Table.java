package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/// A text table: each column is as wide as its widest cell, and numbers are right-aligned.
public final class Table {
    private static final String GAP = "  ";

    private final boolean[] right;
    private final List<Cell[]> rows = new ArrayList<>();

    /// Makes a table with headings.
    ///
    /// @param headings one for each column; `>` in front of one makes its column right-aligned
    public Table(String... headings) {
        right = new boolean[headings.length];
        Cell[] first = new Cell[headings.length];
        for (int i = 0; i < first.length; i++) {
            right[i] = headings[i].startsWith(">");
            first[i] = Cell.of(right[i] ? headings[i].substring(1) : headings[i]);
        }
        rows.add(first);
    }

    /// Adds a row.
    ///
    /// @param cells one for each column
    public void row(String... cells) {
        Cell[] row = new Cell[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = Cell.of(cells[i]);
        }
        row(row);
    }

    /// Adds a row.
    ///
    /// @param cells one for each column
    public void row(Cell... cells) {
        if (cells.length != right.length) {
            throw new IllegalStateException("table: %d cells for %d columns".formatted(cells.length, right.length));
        }
        rows.add(cells.clone());
    }

    /// The table, each line with a newline.
    @Override
    public String toString() {
        return text(false);
    }

    /// The table, each line with a newline.
    ///
    /// @param coloured whether cells have the colours of their tones
    /// @return the text
    public String text(boolean coloured) {
        int[] widths = new int[right.length];
        for (Cell[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].text().length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (Cell[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String cell = printable(row[i].text());
                String shown = row[i].tone().on(cell, coloured);
                String padding = " ".repeat(widths[i] - cell.length());
                line.append(i == 0 ? "" : GAP).append(right[i] ? padding + shown : shown + padding);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /// A text without characters that move the cursor: some come from shared memory.
    private static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                StringBuilder clean = new StringBuilder(text);
                for (int j = i; j < text.length(); j++) {
                    if (Character.isISOControl(text.charAt(j))) {
                        clean.setCharAt(j, '?');
                    }
                }
                return clean.toString();
            }
        }
        return text;
    }
}
