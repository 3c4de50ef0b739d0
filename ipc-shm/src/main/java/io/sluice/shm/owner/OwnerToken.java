package io.sluice.shm.owner;

import io.sluice.core.owner.Liveness;

/// One life of one process in a space, in 30 bits: `generation << 10 | slot`. Zero means no process.
public final class OwnerToken {
    private static final int SLOT_BITS = 10;
    private static final long GENERATIONS = 1 << 20;

    private OwnerToken() {}

    /// Puts a token together.
    ///
    /// @param slot 1 to 1023
    /// @param generation how many processes have had the slot, this one included
    /// @return the token
    public static int of(int slot, long generation) {
        return (int) (generation % GENERATIONS) << SLOT_BITS | slot;
    }

    /// The slot of a token.
    ///
    /// @param token the token
    /// @return 0 to 1023
    public static int slot(int token) {
        return token & Liveness.MAX_OWNER;
    }
}
