package io.sluice.shm.space;

/// What users hold of a shared object.
public interface ObjectHandle extends AutoCloseable {
    /// Ends this handle in this process; those of its threads that wait are woken, and refused. A second call does
    /// nothing.
    @Override
    void close();
}
