package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.DeathPolicy;
import io.sluice.core.sync.LockLook;
import io.sluice.core.sync.Mutex;
import io.sluice.core.sync.ReadWriteMutex;
import java.util.List;

/// A read-write lock, which is always reentrant.
///
/// @param onOwnerDeath what the death of a writer does
public record ReadWriteLockBody(DeathPolicy onOwnerDeath) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("reentrant", "onOwnerDeath");

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    public static Body of(long[] numbers) {
        return new ReadWriteLockBody(DeathPolicy.of(numbers[1]));
    }

    @Override
    public long[] numbers() {
        return Body.padded(1, onOwnerDeath.code());
    }

    @Override
    public List<?> shown() {
        return List.of(true, onOwnerDeath);
    }

    @Override
    public long bytes() {
        return ReadWriteMutex.bytes();
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        ReadWriteMutex.recover(at, slot, pid, onOwnerDeath, parking);
    }

    @Override
    public void look(long at, Look into) {
        LockLook writers = new LockLook(at, Mutex.bytes(0));
        into.lock(writers, "write lock");
        if (writers.isArriving()) {
            into.waits("write lock", writers.owner(), writers.thread(), 1);
        }
        int[] readers = writers.readers();
        for (int owner = 1; owner < readers.length; owner++) {
            if (readers[owner] > 0) {
                into.holds("read lock", owner, 0, readers[owner]);
            }
        }
    }
}
