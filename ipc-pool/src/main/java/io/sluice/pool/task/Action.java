package io.sluice.pool.task;

import java.io.Serializable;
import java.lang.reflect.UndeclaredThrowableException;

/// Work without a result, for a worker of a pool or for a process of its own
/// ([JavaProcess][io.sluice.pool.process.JavaProcess]): a lambda, a method reference, or a class with fields. The other
/// process works on a copy of it and of what it captures; handles of shared objects open themselves again there.
///
/// An action may throw checked exceptions. It is also a `Runnable`, so it fits wherever one is expected, and
/// `submit(() -> ...)` prefers it to a plain one.
@FunctionalInterface
public interface Action extends Runnable, Serializable {
    /// Does the work, in the main thread of the other process.
    ///
    /// @throws Exception any failure. From a worker it travels back to the caller; a process of its own ends with exit
    ///     code 1, the trace on standard error and an [io.sluice.pool.process.Exit.Failed] for the parent
    void act() throws Exception;

    /// Does the work for a caller that cannot handle checked exceptions.
    ///
    /// @throws UndeclaredThrowableException with a checked exception as its cause; after an `InterruptedException`, the
    ///     thread is interrupted
    @Override
    @SuppressWarnings("FunctionalInterfaceMethodChanged") // run() does the same, with unchecked exceptions
    default void run() {
        try {
            act();
        } catch (RuntimeException unchecked) {
            throw unchecked;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UndeclaredThrowableException(interrupted);
        } catch (Exception checked) {
            throw new UndeclaredThrowableException(checked);
        }
    }
}
