package io.sluice.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of every command that lists: format, columns, colours.
public final class ListingOptions {
    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format;

    @Option(
            names = {"-o", "--columns"},
            paramLabel = "COLUMN",
            split = ",",
            description = "The columns to show, in this order, separated by commas; a wrong one names all.")
    private List<String> columns = List.of();

    @Mixin
    private ColourOption colours;

    private ListingOptions() {}

    /// Output formats.
    public enum Format {
        /// For people; may change between releases.
        table,
        /// An array of objects.
        json,
        /// A line of names, and a line for each row.
        csv
    }

    /// The chosen format.
    ///
    /// @return the format
    public Format format() {
        return format;
    }

    /// Whether the output is the table.
    ///
    /// @return false for scripts
    public boolean isTable() {
        return format == Format.table;
    }

    /// The chosen columns.
    ///
    /// @return their names; empty for the usual ones
    public List<String> columns() {
        return columns;
    }

    /// Chooses JSON, for commands with an option of that name.
    public void chooseJson() {
        format = Format.json;
    }

    /// Whether the table has colours.
    ///
    /// @return whether
    public boolean isColoured() {
        return colours.isColoured();
    }
}
