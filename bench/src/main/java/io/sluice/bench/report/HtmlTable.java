package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;

/// A table of a page: the first columns flush left, numbers flush right. A column whose cells are all empty is left
/// out.
final class HtmlTable {
    private record Line(List<String> cells, String lastStyle) {}

    private final int leftColumns;
    private final List<String> headings;
    private final List<Line> lines = new ArrayList<>();

    /// @param leftColumns number of first columns that are flush left
    /// @param headings one for each column
    HtmlTable(int leftColumns, List<String> headings) {
        this.leftColumns = leftColumns;
        this.headings = headings;
    }

    /// Adds a row of as many cells as there are headings.
    void add(List<String> cells) {
        add(cells, "");
    }

    /// Adds a row whose last cell has its own style.
    void add(List<String> cells, String lastStyle) {
        lines.add(new Line(cells, lastStyle));
    }

    /// The table, which scrolls on a narrow screen.
    Element element() {
        Element body = Element.of("tbody");
        lines.forEach(line -> body.add(row("td", line.cells(), line.lastStyle())));
        Element table = Element.of("table")
                .add(Element.of("thead").add(row("th", headings, "")))
                .add(body);
        return Element.of("div").with("class", "scroll").add(table);
    }

    private Element row(String kind, List<String> cells, String lastStyle) {
        Element row = Element.of("tr");
        for (int column = 0; column < cells.size(); column++) {
            if (isShown(column)) {
                String style = column < leftColumns ? "left" : column == cells.size() - 1 ? lastStyle : "";
                Element cell = Element.of(kind).text(cells.get(column));
                row.add(style.isEmpty() ? cell : cell.with("class", style));
            }
        }
        return row;
    }

    private boolean isShown(int column) {
        return lines.stream().anyMatch(line -> !line.cells().get(column).isEmpty());
    }
}
