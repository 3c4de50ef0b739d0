package io.sluice.shm.space;

import java.util.List;

/// A space with the states of its objects.
///
/// @param info the space, its processes, and what is unreadable in it
/// @param objects what each object does, sorted by name
public record SpaceState(SpaceInfo info, List<ObjectState> objects) {
    /// The process in a slot.
    ///
    /// @param slot 1 to 1023
    /// @return null if no process is there, nor one that was not cleaned up after
    public SpaceInfo.Owner owner(int slot) {
        for (SpaceInfo.Owner owner : info.owners()) {
            if (owner.slot() == slot) {
                return owner;
            }
        }
        return null;
    }
}
