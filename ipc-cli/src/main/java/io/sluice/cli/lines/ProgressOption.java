package io.sluice.cli.lines;

import io.sluice.cli.Terminal;
import picocli.CommandLine.Option;

/// The option that says whether progress is shown.
final class ProgressOption {
    @Option(
            names = "--progress",
            negatable = true,
            description = "Show progress on standard error, or not (default: if that is a terminal).")
    private Boolean wanted;

    private ProgressOption() {}

    /// Begins to show the progress of one transfer.
    Progress start(String title, long totalBytes) {
        boolean terminal = Terminal.is(Terminal.ERROR);
        return new Progress(title, totalBytes, wanted == null ? terminal : wanted, terminal);
    }
}
