package io.sluice.shm.lock;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.sync.DeathPolicy;
import io.sluice.core.sync.Mutex;
import io.sluice.shm.body.LockBody;
import io.sluice.shm.body.ReadWriteLockBody;
import io.sluice.shm.space.HandleAction;
import java.io.Serializable;
import java.util.Objects;

/// How a lock is made.
///
/// @param onOwnerDeath what becomes of the lock when its holder dies; the same for all processes
/// @param repair for [OnOwnerDeath#REPAIR]: run under the lock by the next thread of this process to get it after a
///     death; it should make the data that the lock guards consistent. Travels with the handle; a handle without one
///     treats the lock as poisoned
/// @param conditionWaiters how many threads, over all processes, can wait on its conditions at the same time; the same
///     for all processes
public record LockOptions(OnOwnerDeath onOwnerDeath, HandleAction repair, int conditionWaiters)
        implements Serializable {
    private static final int USUAL_WAITERS = 1008;
    private static final int MAX_WAITERS = 1 << 20;

    /// Checks the options.
    ///
    /// @throws IllegalArgumentException if a number is out of its range, or a repair is given that is never run
    public LockOptions {
        Objects.requireNonNull(onOwnerDeath, "onOwnerDeath");
        if (conditionWaiters < 0 || conditionWaiters > MAX_WAITERS) {
            throw new IllegalArgumentException("lock: %,d waiters for conditions is not between 0 and %,d"
                    .formatted(conditionWaiters, MAX_WAITERS));
        }
        if (repair != null && onOwnerDeath != OnOwnerDeath.REPAIR) {
            throw new IllegalArgumentException(
                    "lock: a repair is given, and the policy %s never runs it; use LockOptions.repair"
                            .formatted(onOwnerDeath));
        }
    }

    /// Poisoned by the death of its holder, room for 1,008 waiters on conditions.
    ///
    /// @return the options
    public static LockOptions defaults() {
        return new LockOptions(OnOwnerDeath.POISON, null, USUAL_WAITERS);
    }

    /// As by default, but the next holder runs a repair.
    ///
    /// @param repair makes the data that the lock guards consistent
    /// @return the options
    public static LockOptions repair(HandleAction repair) {
        Objects.requireNonNull(repair, "repair");
        return new LockOptions(OnOwnerDeath.REPAIR, repair, USUAL_WAITERS);
    }

    /// As by default, but a death releases the lock like an unlock.
    ///
    /// @return the options
    public static LockOptions ignore() {
        return new LockOptions(OnOwnerDeath.IGNORE, null, USUAL_WAITERS);
    }

    /// The same with other room for waiters.
    ///
    /// @param most how many threads, over all processes, can wait on conditions at the same time
    /// @return the options
    public LockOptions withConditionWaiters(int most) {
        return new LockOptions(onOwnerDeath, repair, most);
    }

    /// The structure of a lock that is made so.
    ///
    /// @param reentrant whether its holder may take it again
    /// @return the body
    /// @hidden
    @SuppressWarnings("exports")
    public LockBody body(boolean reentrant) {
        return new LockBody(reentrant, onOwnerDeath.core(), conditionWaiters);
    }

    /// The structure of a read-write lock that is made so.
    ///
    /// @return the body
    /// @hidden
    @SuppressWarnings("exports")
    public ReadWriteLockBody readWriteBody() {
        return new ReadWriteLockBody(onOwnerDeath.core());
    }

    /// The options of the core. Without a repair, the policy `REPAIR` becomes `POISON`: the next locker after a death
    /// gets a `LockPoisonedException`.
    Mutex.Options core(boolean reentrant, WaitStrategy waiting) {
        OnOwnerDeath here = repair == null && onOwnerDeath == OnOwnerDeath.REPAIR ? OnOwnerDeath.POISON : onOwnerDeath;
        return new Mutex.Options(reentrant, here.core(), repair, waiting);
    }

    /// Refuses to send a handle as names alone, which do not carry a repair.
    void refuseRepair(String lock) {
        if (repair != null) {
            throw new UnsupportedOperationException(("lock '%s' has a repair, which a record does not carry; send a"
                    + " handle that was opened without one").formatted(lock));
        }
    }

    /// What becomes of a lock whose owner died. Chosen when the lock is created.
    @SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
    public enum OnOwnerDeath {
        /// The lock is refused to all until a caller has repaired what it guards, see [SharedLock#recover]. The
        /// default.
        POISON(DeathPolicy.POISON),
        /// The next owner runs its repair first.
        REPAIR(DeathPolicy.REPAIR),
        /// The next owner gets the lock as if it had been released. For data that is consistent after each single
        /// write.
        IGNORE(DeathPolicy.IGNORE);

        private final DeathPolicy core;

        OnOwnerDeath(DeathPolicy core) {
            this.core = core;
        }

        DeathPolicy core() {
            return core;
        }

        /// The policy of the core that the header names.
        ///
        /// @param core the policy
        /// @return the public constant for it
        /// @hidden
        public static OnOwnerDeath of(DeathPolicy core) {
            return switch (core) {
                case POISON -> POISON;
                case REPAIR -> REPAIR;
                case IGNORE -> IGNORE;
            };
        }
    }
}
