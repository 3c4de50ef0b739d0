package io.sluice.core.ring;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.RoleState;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// The 32-bit word of a role that one process at a time has: its holder, and how the last holder left it.
///
/// ```
///    31     20   19         18     17       16     9      0
///    +---------+----------+------+--------+------+- - - +-------+
///    | number  | reserved | died | closed | ever |      | owner |     0: no process has had the role yet
///    +---------+----------+------+--------+------+- - - +-------+
/// ```
///
/// It is taken by compare-and-set from any word without a present holder, left by its holder and
/// marked by the cleaner of a dead holder in the same way. A death at any step leaves either the word before or the
/// word after, and the word names the dead.
///
/// A holder may reserve the role for a successor that it sends the word to. The role is its own as before: its death
/// ends the reservation. The successor takes it by compare-and-set from just that word, and the holder withdraws it by
/// the same, so one of the two happens. The number tells a reservation from the next ones of the same holder, so that a
/// late withdrawal meets no younger one; 4,096 of them would have to come and go in between, or a next process in the
/// slot would have to make the same one of 4,096 numbers.
final class RoleWord {
    private static final int OWNER = 1023;
    private static final int EVER = 1 << 16;
    private static final int CLOSED = 1 << 17;
    private static final int DIED = 1 << 18;
    private static final int RESERVED = 1 << 19;
    private static final int NUMBER_SHIFT = 20;
    /// From a random number on, since the numbers of different processes that have the same slot are to differ as well.
    private static final AtomicInteger RESERVATIONS = new AtomicInteger(ThreadLocalRandom.current().nextInt());

    private RoleWord() {}

    /// Takes the role.
    ///
    /// @return 0 if the caller has it now, otherwise the owner that has it
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

    /// Leaves the role in good order, unless it is reserved.
    static void leave(long address, int self) {
        boolean _ = Memory.compareAndSetInt(address, EVER | self, EVER | CLOSED | self);
    }

    /// Reserves the role for a successor, if the caller has it.
    ///
    /// @return the reservation, for [#takeReserved] or [#withdraw]; 0 if the caller does not have the role
    static int reserve(long address, int self) {
        int reservation = EVER | RESERVED | RESERVATIONS.incrementAndGet() << NUMBER_SHIFT | self;
        return Memory.compareAndSetInt(address, EVER | self, reservation) ? reservation : 0;
    }

    /// Takes the role if it is reserved, and by just this reservation.
    static boolean takeReserved(long address, int reservation, int self) {
        return isReservation(reservation) && Memory.compareAndSetInt(address, reservation, EVER | self);
    }

    /// Leaves a role that is reserved, unless a successor has taken it.
    static void withdraw(long address, int reservation) {
        if (isReservation(reservation)) {
            Memory.compareAndSetInt(address, reservation, EVER | CLOSED | (reservation & OWNER));
        }
    }

    static boolean isReserved(long address) {
        return isReservation(Memory.getIntVolatile(address));
    }

    private static boolean isReservation(int word) {
        return (word & RESERVED) != 0 && isHeld(word);
    }

    /// Marks the role of a dead owner.
    ///
    /// @return whether it had the role
    static boolean died(long address, int owner) {
        int word = Memory.getIntVolatile(address);
        return isHeld(word) && (word & OWNER) == owner
                && Memory.compareAndSetInt(address, word, EVER | DIED | owner);
    }

    static boolean isTaken(long address) {
        return isHeld(Memory.getIntVolatile(address));
    }

    static boolean isHeldBy(long address, int owner) {
        int word = Memory.getIntVolatile(address);
        return isHeld(word) && (word & OWNER) == owner;
    }

    /// The process that has the role, or had it last.
    static int owner(long address) {
        return Memory.getIntAcquire(address) & OWNER;
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
