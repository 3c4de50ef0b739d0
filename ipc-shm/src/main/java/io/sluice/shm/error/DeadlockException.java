package io.sluice.shm.error;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// The time of a wait for a lock is up, and it cannot have been met: threads, of this process or others, hold what each
/// other waits for. The message has the cycle. The caller does not hold the lock; it should release what it holds, so
/// that the others go on.
///
/// Thrown only where the system property `sluice.deadlock.check` is `true`; see
/// [io.sluice.shm.lock.SharedLock#tryLock(long, java.util.concurrent.TimeUnit)].
public final class DeadlockException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Makes one.
    ///
    /// @param message who waits for whom, and what to do
    public DeadlockException(String message) {
        super(message);
    }
}
