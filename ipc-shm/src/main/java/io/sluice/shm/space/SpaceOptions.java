package io.sluice.shm.space;

import io.sluice.core.owner.Liveness;

/// The options of a new space; they do not change an existing one.
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

    /// The default: 255 processes, or the number in the system property [#OWNER_SLOTS].
    ///
    /// @return the options
    public static SpaceOptions defaults() {
        return new SpaceOptions(Integer.getInteger(OWNER_SLOTS, USUAL_SLOTS));
    }
}
