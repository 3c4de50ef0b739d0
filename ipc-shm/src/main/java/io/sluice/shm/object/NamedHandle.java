package io.sluice.shm.object;

import io.sluice.shm.space.ObjectHandle;

/// A handle that names can stand for, in a record that travels.
public interface NamedHandle extends ObjectHandle {
    /// The object by its names, as it travels in a record.
    ///
    /// @return the reference
    /// @throws UnsupportedOperationException if the handle has code of its user, which names do not carry
    ObjectReference reference();
}
