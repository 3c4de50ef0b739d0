package io.sluice.cli;

import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
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

    /// The name of the space, which must exist.
    ///
    /// @return the name
    /// @throws NoSuchObjectException if there is no such space
    public String existing() {
        if (!SpaceRoot.usual().names().contains(name)) {
            throw NoSuchObjectException.of(name);
        }
        return name;
    }

    /// The name of the space.
    ///
    /// @return the name
    public String name() {
        return name;
    }
}
