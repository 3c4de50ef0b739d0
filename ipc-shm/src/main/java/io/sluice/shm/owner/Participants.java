package io.sluice.shm.owner;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.shm.region.RegionLayout;

/// The second page of a region: the token of each process that has it open, by slot.
///
/// An entry is written by the process itself before it touches the body, and cleared by itself after its last touch or
/// by its cleaner. So whoever can have left something in the body stands here.
public final class Participants {
    private Participants() {}

    /// The token in a slot.
    ///
    /// @param file address of the region
    /// @param slot 1 to 1023
    /// @return the token, or 0
    public static int token(long file, int slot) {
        return Memory.getIntVolatile(entry(file, slot));
    }

    /// Enters a process. The largest slot grows first, so that nobody's sweep stops short of the new entry.
    ///
    /// @param file address of the region
    /// @param token of this process
    public static void enter(long file, int token) {
        int slot = OwnerToken.slot(token);
        long highest = entry(file, 0);
        int seen = Memory.getIntVolatile(highest);
        while (seen < slot && !Memory.compareAndSetInt(highest, seen, slot)) {
            seen = Memory.getIntVolatile(highest);
        }
        Memory.putIntVolatile(entry(file, slot), token);
    }

    /// Clears a slot.
    ///
    /// @param file address of the region
    /// @param slot 1 to 1023
    public static void leave(long file, int slot) {
        Memory.putIntVolatile(entry(file, slot), 0);
    }

    /// The largest slot that can be occupied.
    ///
    /// @param file address of the region
    /// @return 0 to 1023, whatever stands there
    public static int highest(long file) {
        return Math.clamp(Memory.getIntVolatile(entry(file, 0)), 0, Liveness.MAX_OWNER);
    }

    /// Whether nobody stands in the table.
    ///
    /// @param file address of the region
    /// @return whether
    public static boolean isEmpty(long file) {
        for (int slot = highest(file); slot > 0; slot--) {
            if (token(file, slot) != 0) {
                return false;
            }
        }
        return true;
    }

    private static long entry(long file, int slot) {
        return file + RegionLayout.PARTICIPANTS + (long) slot * Integer.BYTES;
    }
}
