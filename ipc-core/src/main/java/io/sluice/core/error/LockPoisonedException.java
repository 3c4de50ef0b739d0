package io.sluice.core.error;

import java.io.Serial;

/// The last holder of a lock died while it held it, and the guarded data has not been repaired since. The caller does
/// not hold the lock. `recover(repair)` takes it, repairs the data, and makes the lock usable again.
public final class LockPoisonedException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// The process that died.
    private final long pid;

    /// The thread of it that held the lock.
    private final long thread;

    /// Makes one.
    ///
    /// @param name of the lock
    /// @param pid process id of the process that died, 0 if it is not known
    /// @param thread its thread that held the lock
    public LockPoisonedException(String name, long pid, long thread) {
        super(("lock '%s' is poisoned: process %s died while its thread %d held it, so the guarded data may be"
                + " half changed; repair it with recover(repair), or create the lock with another policy")
                        .formatted(name, pid == 0 ? "(unknown)" : Long.toString(pid), thread));
        this.pid = pid;
        this.thread = thread;
    }

    /// The process that died.
    ///
    /// @return its process id in its own pid namespace; 0 if it is not known
    public long pid() {
        return pid;
    }

    /// The thread that held the lock.
    ///
    /// @return its [Thread#threadId] in the process that died
    public long thread() {
        return thread;
    }
}
