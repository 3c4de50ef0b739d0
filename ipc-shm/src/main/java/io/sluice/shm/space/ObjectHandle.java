package io.sluice.shm.space;

/// What users hold of a shared object.
public interface ObjectHandle extends AutoCloseable {
    /// The object by its names, as it travels in a record.
    ///
    /// @return the reference
    /// @throws UnsupportedOperationException if the handle has code of its user, which names do not carry
    ObjectReference reference();

    /// Ends this handle in this process; those of its threads that wait are woken, and refused. A second call does
    /// nothing.
    @Override
    void close();
}
