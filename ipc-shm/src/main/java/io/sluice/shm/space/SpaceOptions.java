package io.sluice.shm.space;

import io.sluice.core.owner.Liveness;
import java.nio.file.Path;
import java.util.Objects;

/// Where a space is, and how it is made.
///
/// @param root directory of spaces, best on a tmpfs; created if it is not there. Null for the usual one, which
///     `SpaceRoot.usual` names
/// @param maxProcesses how many can have the space open at the same time, 1 to 1023; the creator of the space decides
/// @param temporary whether the objects that are created through this opening are temporary, and the space ends with
///     its last process
public record SpaceOptions(Path root, int maxProcesses, boolean temporary) {
    /// Name of the system property with the usual number of processes.
    public static final String MAX_PROCESSES = "sluice.max.processes";

    private static final int USUAL_PROCESSES = 255;

    /// Checks the number.
    ///
    /// @throws IllegalArgumentException if it is out of its range
    public SpaceOptions {
        if (maxProcesses < 1 || maxProcesses > Liveness.MAX_OWNER) {
            throw new IllegalArgumentException(("space: %,d processes is not between 1 and %,d; SpaceOptions, or the"
                    + " property %s, says how many").formatted(maxProcesses, Liveness.MAX_OWNER, MAX_PROCESSES));
        }
    }

    /// The usual root, 255 processes or the number in the system property [#MAX_PROCESSES], persistent objects.
    ///
    /// @return the options
    public static SpaceOptions defaults() {
        return new SpaceOptions(null, Integer.getInteger(MAX_PROCESSES, USUAL_PROCESSES), false);
    }

    /// As by default, under a root of the caller's own.
    ///
    /// @param root directory of spaces
    /// @return the options
    public static SpaceOptions under(Path root) {
        Objects.requireNonNull(root, "root");
        return new SpaceOptions(root, defaults().maxProcesses(), false);
    }

    /// The same for more, or fewer, processes.
    ///
    /// @param most how many can have the space open at the same time
    /// @return the options
    public SpaceOptions withMaxProcesses(int most) {
        return new SpaceOptions(root, most, temporary);
    }

    /// The same for temporary, or persistent, objects.
    ///
    /// @param ends whether the space ends with its last process
    /// @return the options
    public SpaceOptions withTemporary(boolean ends) {
        return new SpaceOptions(root, maxProcesses, ends);
    }
}
