package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.DeathPolicy;
import io.sluice.core.sync.LockLook;
import io.sluice.core.sync.Mutex;

/// The lock before a value or an array: the first page of the body.
public final class Guard {
    /// Threads that can wait on its conditions.
    private static final int WAITERS = 240;

    /// Size of the lock: a page.
    public static final long BYTES = Mutex.bytes(WAITERS);

    private Guard() {}

    static void recover(long at, int slot, long pid, Parking parking) {
        Mutex.recover(at, BYTES, slot, pid, DeathPolicy.POISON, parking);
    }

    static void look(long at, Look into) {
        into.lock(new LockLook(at, BYTES), Look.LOCK);
    }
}
