package io.sluice.shm.object;

import io.sluice.shm.space.ObjectHandle;

/// A handle that can travel in a record, represented by names.
public interface NamedHandle extends ObjectHandle {
    /// The object by its names, as it travels in a record.
    ///
    /// @return the reference
    /// @throws UnsupportedOperationException if the handle has user code, which names do not carry
    ObjectReference reference();
}
