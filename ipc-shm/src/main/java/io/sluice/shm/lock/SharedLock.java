package io.sluice.shm.lock;

import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.Opening;
import java.io.Serial;

/// A lock between processes, owned by a thread of a process. It survives its owner, and is not reentrant.
///
/// - **Threads:** any, platform or virtual. Only the thread that took the lock may release it; a thread that takes it a
///   second time gets an `IllegalMonitorStateException` instead of a deadlock. For hand-over between threads use a
///   semaphore of one permit.
/// - **Death of the owner:** by default the lock is poisoned: every thread that waits for it, or takes it later, gets a
///   [io.sluice.core.error.LockPoisonedException] and does not hold it, until a call of [#recover] has repaired what it
///   guards. Other policies are chosen at creation, see [LockOptions]. The policy is for the death of a process: a
///   thread that ends without unlocking leaves the lock held, as with the JDK's locks.
/// - **Slowness:** an owner that is stopped keeps the lock, however long.
/// - **Fairness:** the thread that unlocks may lock again before the waiters. A waiter that has lost 64 times, and for
///   a millisecond, is promised the lock and gets it at the next unlock; so no waiter starves. [#tryLock()] does not
///   respect the promise.
/// - **Ordering:** what happened before an unlock happens-before what follows the next lock, in any process.
/// - **Interrupts:** end the interruptible methods, which then do not hold the lock.
/// - **Allocation:** none, but for conditions.
/// - **Errors:** after [#close()], [io.sluice.core.error.ClosedException]. Closing the last handle of a process
///   that holds the lock counts as its death.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public non-sealed class SharedLock extends OwnedLock {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param options how this handle behaves
    /// @hidden
    public SharedLock(Opening opening, LockOptions options) {
        super(opening, options, false, true);
    }

    /// Opens a handle of one on another host; for a subclass that does all operations there.
    ///
    /// @param elsewhere the object
    /// @hidden
    protected SharedLock(Elsewhere elsewhere) {
        super(elsewhere);
    }

    @Override
    protected Object travelling() {
        return reference(false);
    }
}
