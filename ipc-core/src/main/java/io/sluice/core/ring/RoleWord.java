package io.sluice.core.ring;

import io.sluice.core.memory.Memory;

/// A 32-bit word that says who has a role of which there is only one, and how the last one who had it left.
///
/// ```
///    18     17       16     9      0
///    +------+--------+------+- - - +-------+
///    | died | closed | ever |      | owner |     0: nobody has had the role yet
///    +------+--------+------+- - - +-------+
/// ```
///
/// It is taken by compare-and-set from any word without a present holder, left by its holder with one store, and
/// marked by whoever cleans up after a dead holder. A death at any step leaves either the word before or the word
/// after, and the word names the dead.
final class RoleWord {
    private static final int OWNER = 1023;
    private static final int EVER = 1 << 16;
    private static final int CLOSED = 1 << 17;
    private static final int DIED = 1 << 18;

    private RoleWord() {}

    /// Takes the role.
    ///
    /// @return 0 if the caller has it now, otherwise the owner who has it
    static int take(long address, int self) {
        for (;;) {
            int word = Memory.getIntVolatile(address);
            if (isHeld(word)) {
                return word & OWNER;
            }
            if (Memory.compareAndSetInt(address, word, EVER | self)) {
                return 0;
            }
        }
    }

    /// Leaves the role in good order.
    static void leave(long address, int self) {
        if (isHeldBy(address, self)) {
            Memory.putIntVolatile(address, EVER | CLOSED | self);
        }
    }

    /// Marks the role of a dead owner.
    ///
    /// @return whether he had it
    static boolean died(long address, int owner) {
        return isHeldBy(address, owner) && Memory.compareAndSetInt(address, EVER | owner, EVER | DIED | owner);
    }

    static boolean isHeldBy(long address, int owner) {
        int word = Memory.getIntVolatile(address);
        return isHeld(word) && (word & OWNER) == owner;
    }

    static RoleState state(long address) {
        int word = Memory.getIntAcquire(address);
        if ((word & EVER) == 0) {
            return RoleState.NEVER_HELD;
        }
        if ((word & DIED) != 0) {
            return RoleState.HOLDER_DIED;
        }
        return (word & CLOSED) != 0 ? RoleState.HOLDER_LEFT : RoleState.HELD;
    }

    private static boolean isHeld(int word) {
        return (word & (EVER | CLOSED | DIED)) == EVER;
    }
}
