package io.sluice.shm.owner;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.shm.region.RegionLayout;

/// The second page of a region: the token of each process that has it open, by slot.
///
/// An entry is written by the process itself before it touches the body, and cleared by itself after its last touch or
/// by its cleaner. So each process that can have left something in the body stands here. An entry is written and
/// cleared only by the holder of its place, a lock of the kernel on the region's file; see
/// [io.sluice.shm.region.RegionFile].
public final class Participants {
    /// The largest slot that a table has.
    public static final int SLOTS = Liveness.MAX_OWNER;

    private static final int HIGHEST_MASK = 0xFFFF;
    private static final int LARGE = 1 << 30;
    /// A pattern that random bytes hardly ever match.
    private static final int SET_ASIDE = 0x15A5 << 16;
    private static final int SET_ASIDE_MASK = 0x3FFF << 16;

    private Participants() {}

    /// The token in a slot.
    ///
    /// @param file address of the region
    /// @param slot 1 to 1023
    /// @return the token, or 0
    public static int token(long file, int slot) {
        return Memory.getIntVolatile(entry(file, slot));
    }

    /// Enters a process, whose place the caller holds. The largest slot grows first, so that no sweep stops short of
    /// the new entry.
    ///
    /// @param file address of the region
    /// @param token of this process
    public static void enter(long file, int token) {
        int slot = OwnerToken.slot(token);
        long highest = entry(file, 0);
        int seen = Memory.getIntVolatile(highest);
        while ((seen & HIGHEST_MASK) < slot && !Memory.compareAndSetInt(highest, seen, (seen & ~HIGHEST_MASK) | slot)) {
            seen = Memory.getIntVolatile(highest);
        }
        Memory.putIntVolatile(entry(file, slot), token);
    }

    /// Clears a slot, whose place the caller holds.
    ///
    /// @param file address of the region
    /// @param slot 1 to 1023
    public static void leave(long file, int slot) {
        Memory.putIntVolatile(entry(file, slot), 0);
    }

    /// The largest slot that can be occupied.
    ///
    /// @param file address of the region
    /// @return 0 to 1023, also if the word is corrupt
    public static int highest(long file) {
        return Math.min(Memory.getIntVolatile(entry(file, 0)) & HIGHEST_MASK, SLOTS);
    }

    /// Sets the object aside: it cannot be recovered, no process may enter it, and slots are freed without it.
    ///
    /// @param file address of the region
    public static void setAside(long file) {
        raise(file, SET_ASIDE_MASK, SET_ASIDE);
    }

    /// Whether the object was set aside.
    ///
    /// @param file address of the region
    /// @return whether
    public static boolean isSetAside(long file) {
        return (Memory.getIntVolatile(entry(file, 0)) & SET_ASIDE_MASK) == SET_ASIDE;
    }

    /// Whether the object was set aside.
    ///
    /// @param table as it was read from the file
    /// @return whether
    public static boolean isSetAside(int[] table) {
        return (table[0] & SET_ASIDE_MASK) == SET_ASIDE;
    }

    /// Notes that the object has large messages, or is about to get one.
    ///
    /// @param file address of the region
    public static void noteLargeMessages(long file) {
        raise(file, LARGE, LARGE);
    }

    /// Whether the object has ever had large messages.
    ///
    /// @param table as it was read from the file
    /// @return whether
    public static boolean hasHadLargeMessages(int[] table) {
        return (table[0] & LARGE) != 0;
    }

    /// Whether the object has ever had large messages.
    ///
    /// @param file address of the region
    /// @return whether
    public static boolean hasHadLargeMessages(long file) {
        return (Memory.getIntVolatile(entry(file, 0)) & LARGE) != 0;
    }

    private static void raise(long file, int mask, int bits) {
        long at = entry(file, 0);
        int seen = Memory.getIntVolatile(at);
        while ((seen & mask) != bits && !Memory.compareAndSetInt(at, seen, (seen & ~mask) | bits)) {
            seen = Memory.getIntVolatile(at);
        }
    }

    /// Whether the table has no entry.
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
