package io.sluice.shm.element;

/// One step of a close, for `try`-with-resources: all steps are done, in the reverse order of their declaration; the
/// first failure is thrown and the others are suppressed in it.
@FunctionalInterface
public interface Closing extends AutoCloseable {
    @Override
    void close();
}
