package io.sluice.shm.lock;

import io.sluice.core.sync.DeathPolicy;

/// What becomes of a lock whose owner died. Chosen when the lock is created.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public enum OnOwnerDeath {
    /// The lock is refused to all until a caller has repaired what it guards, see [SharedLock#recover]. The default.
    POISON(DeathPolicy.POISON),
    /// The next owner runs its repair first.
    REPAIR(DeathPolicy.REPAIR),
    /// The next owner gets the lock as if it had been released. For data that is consistent after each single write.
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
