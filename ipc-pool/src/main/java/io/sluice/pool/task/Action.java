package io.sluice.pool.task;

import java.io.Serializable;
import java.lang.reflect.UndeclaredThrowableException;

/// Work without a result, for another process. A lambda given where an `Action` is expected can travel, if all that it
/// captures can. It may throw what it likes. It is a `Runnable` as well, so it goes wherever one is expected, and
/// `submit(() -> ...)` prefers it to one.
@FunctionalInterface
public interface Action extends Runnable, Serializable {
    /// Does the work.
    ///
    /// @throws Exception whatever goes wrong; travels back
    void act() throws Exception;

    /// Does the work for a caller who knows no checked exceptions.
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
