package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;

/// Columns of text for a terminal: the first ones flush left, numbers flush right. A column whose cells are all empty
/// is left out.
final class Columns {
    private static final String INDENT = "  ";
    private static final String GAP = "  ";

    private final int leftColumns;
    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param leftColumns number of first columns that are flush left
    /// @param headings one for each column
    Columns(int leftColumns, List<String> headings) {
        this.leftColumns = leftColumns;
        this.headings = headings;
    }

    /// Adds a row of as many cells as there are headings.
    void add(List<String> cells) {
        rows.add(cells);
    }

    /// All lines, each with a line break; empty if there is no row.
    @Override
    public String toString() {
        List<Integer> shown = new ArrayList<>();
        for (int column = 0; column < headings.size(); column++) {
            if (width(column, rows) > 0) {
                shown.add(column);
            }
        }
        StringBuilder out = new StringBuilder();
        if (!rows.isEmpty()) {
            append(out, headings, shown);
            rows.forEach(row -> append(out, row, shown));
        }
        return out.toString();
    }

    private void append(StringBuilder out, List<String> cells, List<Integer> shown) {
        StringBuilder line = new StringBuilder(INDENT);
        for (int column : shown) {
            String cell = cells.get(column);
            int width = Math.max(width(column, rows), headings.get(column).length());
            String blank = " ".repeat(width - cell.length());
            line.append(column < leftColumns ? cell + blank : blank + cell).append(GAP);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static int width(int column, List<List<String>> rows) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
