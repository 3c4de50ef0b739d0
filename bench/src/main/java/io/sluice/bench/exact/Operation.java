package io.sluice.bench.exact;

import io.sluice.shm.SharedSpace;
import java.io.Serializable;

/// What is measured: one operation of one thread, again and again. It travels to the process that runs it.
public interface Operation extends Serializable {
    /// What the operation is called.
    ///
    /// @return the name, formed like that of a space
    String name();

    /// Makes what the operation needs.
    ///
    /// @param space for its objects, which are named after it; closed after the measurement
    /// @return the operation; leaves everything as it found it, so that the next one costs the same
    Runnable open(SharedSpace space);
}
