package io.sluice.core.sync;

/// What becomes of a lock whose holder died. Chosen when the lock is created.
public enum DeathPolicy {
    /// Nobody gets the lock until somebody has repaired what it guards; see [Mutex#recover]. The default.
    POISON(0),
    /// The next one to get the lock runs its repair first.
    REPAIR(1),
    /// The next one gets the lock as if it had been released. For data that any write leaves in order.
    IGNORE(2);

    private static final DeathPolicy[] ALL = values();

    private final int code;

    DeathPolicy(int code) {
        this.code = code;
    }

    /// The number that stands in shared memory.
    ///
    /// @return 0 and up, the same in every release
    public int code() {
        return code;
    }

    /// The policy for a number.
    ///
    /// @param code from shared memory
    /// @return the policy
    /// @throws IllegalArgumentException if there is none
    public static DeathPolicy of(long code) {
        for (DeathPolicy policy : ALL) {
            if (policy.code == code) {
                return policy;
            }
        }
        throw new IllegalArgumentException("%d is no policy for the death of an owner".formatted(code));
    }
}
