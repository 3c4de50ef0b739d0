package io.sluice.cli.lines;

import io.sluice.cli.Terminal;
import picocli.CommandLine.Option;

/// The option to show progress.
final class ProgressOption {
    @Option(
            names = "--progress",
            negatable = true,
            description = "Show progress on standard error (default: only if that is a terminal).")
    private Boolean chosen;

    private ProgressOption() {}

    /// Begins to show the progress of one transfer.
    Progress start(String title, long totalBytes) {
        boolean terminal = Terminal.is(Terminal.ERROR);
        return new Progress(title, totalBytes, chosen == null ? terminal : chosen, terminal);
    }
}
