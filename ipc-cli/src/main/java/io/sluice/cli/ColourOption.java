package io.sluice.cli;

import picocli.CommandLine.Option;

/// The option against colours.
public final class ColourOption {
    @Option(names = "--no-color", description = "No colours; also where NO_COLOR is set, or the output is no terminal.")
    private boolean plain;

    private ColourOption() {}

    /// Whether the output has colours.
    ///
    /// @return whether
    public boolean isColoured() {
        return !plain && System.getenv("NO_COLOR") == null && Terminal.is(Terminal.OUT);
    }
}
