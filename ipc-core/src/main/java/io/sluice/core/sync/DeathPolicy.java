package io.sluice.core.sync;

/// The state of a lock after its holder died. Chosen when the lock is created.
public enum DeathPolicy {
    /// The lock is refused until the guarded data has been repaired; see [Mutex#recover]. The default.
    POISON(0),
    /// The next holder runs its repair first.
    REPAIR(1),
    /// The next caller gets the lock as if it had been released. For data that every single write leaves consistent.
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
        throw new IllegalArgumentException(
                "policy %d for the death of an owner is unknown, expected 0 to 2".formatted(code));
    }
}
