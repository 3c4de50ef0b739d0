package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Rows of named columns, and how they are printed: as a table for people, as JSON or CSV for scripts. The user may
/// choose the columns.
public final class Listing {
    private final List<String> names = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();
    private final List<Boolean> hidden = new ArrayList<>();
    private final List<Cell[]> rows = new ArrayList<>();

    /// Makes an empty listing.
    ///
    /// @param columns their names; `>` in front makes a column right-aligned; `-` before that shows it only if it is
    ///     chosen
    public Listing(String... columns) {
        for (String column : columns) {
            boolean hides = column.startsWith("-");
            String rest = hides ? column.substring(1) : column;
            hidden.add(hides);
            right.add(rest.startsWith(">"));
            names.add(rest.startsWith(">") ? rest.substring(1) : rest);
        }
    }

    /// Adds a row.
    ///
    /// @param cells one for each column
    public void row(Cell... cells) {
        if (cells.length != names.size()) {
            throw new IllegalStateException("listing: %s cells for %s columns".formatted(cells.length, names.size()));
        }
        rows.add(cells);
    }

    /// Adds a row of which few columns have a value.
    ///
    /// @param cells by the names of their columns
    public void row(Map<String, Cell> cells) {
        row(names.stream().map(name -> cells.getOrDefault(name, Cell.of(null))).toArray(Cell[]::new));
    }

    /// The listing as the options want it, each line with a newline.
    ///
    /// @param options format, columns and colours
    /// @return the text
    /// @throws IllegalArgumentException if a column was chosen that there is not; names all
    public String text(ListingOptions options) {
        int[] chosen = chosen(options);
        return switch (options.format()) {
            case table -> table(chosen, options.isColoured());
            case csv -> csv(chosen);
            case json -> json(chosen);
        };
    }

    private int[] chosen(ListingOptions options) {
        List<Integer> chosen = new ArrayList<>();
        if (options.columns().isEmpty()) {
            for (int i = 0; i < names.size(); i++) {
                // A script reads by name, so it gets everything; a row for people has to fit.
                if (!hidden.get(i) || options.format() != ListingOptions.Format.table) {
                    chosen.add(i);
                }
            }
        }
        for (String column : options.columns()) {
            int at = names.indexOf(column.strip());
            if (at < 0) {
                throw new IllegalArgumentException("unknown column '%s'; expected some of %s"
                        .formatted(column.strip(), String.join(",", names)));
            }
            chosen.add(at);
        }
        return chosen.stream().mapToInt(i -> i).toArray();
    }

    private String table(int[] chosen, boolean coloured) {
        String[] headings = new String[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            headings[i] = (right.get(chosen[i]) ? ">" : "") + heading(names.get(chosen[i]));
        }
        Table table = new Table(headings);
        for (Cell[] row : rows) {
            Cell[] cells = new Cell[chosen.length];
            for (int i = 0; i < chosen.length; i++) {
                cells[i] = row[chosen[i]];
            }
            table.row(cells);
        }
        return table.text(coloured);
    }

    /// `slotBytes` is `SLOT BYTES`.
    private static String heading(String name) {
        StringBuilder heading = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            heading.append(Character.isUpperCase(letter) ? " " : "").append(Character.toUpperCase(letter));
        }
        return heading.toString();
    }

    private String csv(int[] chosen) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < chosen.length; i++) {
            text.append(i == 0 ? "" : ",").append(names.get(chosen[i]));
        }
        text.append('\n');
        for (Cell[] row : rows) {
            for (int i = 0; i < chosen.length; i++) {
                text.append(i == 0 ? "" : ",").append(quoted(row[chosen[i]].raw()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /// As RFC 4180 has it; the parts of a list stand behind each other, with blanks.
    private static String quoted(Object raw) {
        String text = switch (raw) {
            case null -> "";
            case List<?> list -> {
                List<String> parts = new ArrayList<>();
                list.forEach(part -> parts.add(String.valueOf(part)));
                yield String.join(" ", parts);
            }
            default -> raw.toString();
        };
        boolean special = text.indexOf(',') >= 0 || text.indexOf('"') >= 0 || text.indexOf('\n') >= 0
                || text.indexOf('\r') >= 0;
        return special ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private String json(int[] chosen) {
        Json json = new Json().beginArray();
        for (Cell[] row : rows) {
            json.beginObject();
            for (int column : chosen) {
                json.name(names.get(column)).value(row[column].raw());
            }
            json.endObject();
        }
        return json.endArray() + "\n";
    }
}
