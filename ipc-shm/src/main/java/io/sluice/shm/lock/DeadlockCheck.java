package io.sluice.shm.lock;

import io.sluice.shm.error.DeadlockException;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.object.Deadlocks;
import io.sluice.shm.object.Deadlocks.Cycle;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.object.StateView;
import io.sluice.shm.space.ObjectState.Wait;

/// Looks whether a wait for a lock that has timed out was a part of a deadlock, if the program wants to know.
final class DeadlockCheck {
    /*
     * The waiter has taken its signature back, so no observer sees its wait any more; the look adds it. The others of a
     * cycle have signed, since each waits for longer than 20 ms (see LongWaits). The words are read one after the other,
     * so a cycle counts only if a second look finds the same one.
     */
    private static final String PROPERTY = "sluice.deadlock.check";

    private DeadlockCheck() {}

    /// To be called after a time-out.
    ///
    /// @param lock that was not taken
    /// @param what was waited for, as an observer calls it
    /// @throws DeadlockException if it is a part of a deadlock
    static void afterTimeout(SharedObject lock, String what) {
        if (Boolean.getBoolean(PROPERTY)) {
            Cycle before = look(lock, what);
            Cycle after = before == null ? null : look(lock, what);
            if (after != null && after.words().equals(before.words())) {
                throw new DeadlockException(("lock '%s': not taken in time, and never to be: %s; release what this"
                        + " thread holds, and take locks in one order everywhere").formatted(lock.name(), after.words()));
            }
        }
    }

    private static Cycle look(SharedObject lock, String what) {
        Wait own = new Wait(what, lock.space().ownerSlot(), Thread.currentThread().threadId(), 1);
        try {
            return Deadlocks.closedBy(
                    StateView.of(lock.space().root(), lock.space().name(), null, false), lock.name(), own);
        } catch (NoSuchObjectException hidden) {
            return null;        // the process ends, and has taken its temporary space along
        }
    }
}
