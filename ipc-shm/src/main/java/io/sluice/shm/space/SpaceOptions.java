package io.sluice.shm.space;

import io.sluice.core.owner.Liveness;

/// How a space is made. Who opens one that is there takes it as it is.
///
/// @param ownerSlots how many processes can be in it at the same time, 1 to 1023
public record SpaceOptions(int ownerSlots) {
    /// Name of the system property with the default number of owner slots.
    public static final String OWNER_SLOTS = "sluice.owner.slots";

    private static final int USUAL_SLOTS = 255;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public SpaceOptions {
        if (ownerSlots < 1 || ownerSlots > Liveness.MAX_OWNER) {
            throw new IllegalArgumentException("space: %,d owner slots is not between 1 and %,d; see property %s"
                    .formatted(ownerSlots, Liveness.MAX_OWNER, OWNER_SLOTS));
        }
    }

    /// What fits most: 255 processes, unless the system property says otherwise.
    ///
    /// @return the options
    public static SpaceOptions defaults() {
        return new SpaceOptions(Integer.getInteger(OWNER_SLOTS, USUAL_SLOTS));
    }
}
