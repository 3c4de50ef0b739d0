package io.sluice.shm.space;

/// A handle by which user code uses a shared object.
public interface ObjectHandle extends AutoCloseable {
    /// The name of the object in its space.
    ///
    /// @return the name
    String name();

    /// Whether the name still leads to this object.
    ///
    /// @return false once it was unlinked, also if another object has the name now
    /// @throws io.sluice.core.error.ClosedException if the handle was closed and needs the object for this
    boolean isLinked();

    /// Removes the name, but only if it still leads to this object. Processes that have it open go on; no other finds
    /// it.
    ///
    /// @return whether this call removed it
    /// @throws io.sluice.core.error.ClosedException if the handle was closed and needs the object for this
    boolean unlink();

    /// Whether this handle was closed.
    ///
    /// @return whether
    boolean isClosed();

    /// Ends this handle in this process; threads that wait through it are woken, and get an exception. A second call
    /// does nothing.
    @Override
    void close();
}
