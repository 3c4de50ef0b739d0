package io.sluice.cli;

import picocli.CommandLine.Option;

/// The option that says in which space a name is meant.
public final class SpaceOption {
    @Option(
            names = "--space",
            paramLabel = "SPACE",
            defaultValue = "default",
            description = "Space of the name (default: ${DEFAULT-VALUE}).")
    private String name;

    private SpaceOption() {}

    /// The name of the space.
    ///
    /// @return the name
    public String name() {
        return name;
    }
}
