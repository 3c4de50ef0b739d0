package io.sluice.bench.exact;

import io.sluice.shm.SharedSpace;
import java.io.Serializable;

/// A measured operation, which one thread repeats. It is serialized to the process that runs it.
public interface Operation extends Serializable {
    /// Name of the operation.
    ///
    /// @return a valid name of a space
    String name();

    /// Creates the objects of the operation.
    ///
    /// @param space for the objects, which have the operation's name; closed after the measurement
    /// @return the operation; restores the state of its objects, so that every run costs the same
    Runnable open(SharedSpace space);
}
