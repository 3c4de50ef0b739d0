package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.DeathPolicy;
import io.sluice.core.sync.LockLook;
import io.sluice.core.sync.Mutex;
import java.util.List;

/// A lock with its conditions.
///
/// @param reentrant whether its holder may take it again
/// @param onOwnerDeath what the death of its holder does
/// @param conditionWaiters how many threads can wait on its conditions at the same time
public record LockBody(boolean reentrant, DeathPolicy onOwnerDeath, int conditionWaiters) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("reentrant", "onOwnerDeath", "conditionWaiters");

    /// Refuses a negative number.
    public LockBody {
        if (conditionWaiters < 0) {
            throw new IllegalArgumentException("%,d waiters for conditions".formatted(conditionWaiters));
        }
    }

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new LockBody(numbers[0] != 0, DeathPolicy.of(numbers[1]), Math.toIntExact(numbers[2]));
    }

    @Override
    public long[] numbers() {
        return Body.padded(reentrant ? 1 : 0, onOwnerDeath.code(), conditionWaiters);
    }

    @Override
    public List<?> shown() {
        return List.of(reentrant, onOwnerDeath, conditionWaiters);
    }

    @Override
    public long bytes() {
        return Mutex.bytes(conditionWaiters);
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        Mutex.recover(at, bytes(), slot, pid, onOwnerDeath, parking);
    }

    @Override
    public void look(long at, Look into) {
        into.lock(new LockLook(at, bytes()), Look.LOCK);
    }
}
