package io.sluice.cli;

import picocli.CommandLine.Option;

/// The option for the space of a name.
public final class SpaceOption {
    @Option(
            names = "--space",
            paramLabel = "SPACE",
            defaultValue = "default",
            description = "Space of NAME (default: ${DEFAULT-VALUE}).")
    private String name;

    private SpaceOption() {}

    /// The name of the space.
    ///
    /// @return the name
    public String name() {
        return name;
    }
}
