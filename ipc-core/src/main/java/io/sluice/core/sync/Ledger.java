package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;

/// The books of a semaphore: how many permits there are, and which process has how many. One move at a time changes
/// the counts and the account of the process that makes it, so that a death never leaves one without the other.
final class Ledger {
    /*
     * A move changes two places, and a process may die between them. So each move is made detectable (H. Attiya, O.
     * Ben-Baruch, D. Hendler, *Nesting-Safe Recoverable Linearizability*, PODC 2018): it is written down first, decided
     * by one compare-and-set, and afterwards anybody can tell whether it took effect.
     *
     * The word LAST names the last move that took effect: which owner made it, and its number among the moves of that
     * owner. The counts after it stand in the owner's record of that number. Numbers only grow, over all processes that
     * ever had the slot, so no word ever returns, and there is no ABA.
     *
     *   1  MOVE := n, not known to have taken effect       n: one more than the last move of mine that took effect
     *   2  record of n := the counts after it
     *   3  HELD := what I hold now, what I hold then       one store
     *   4  whoever made the last move is told: its MOVE, if it is still that one, := known to have taken effect
     *   5  LAST := (me, n)                                 compare-and-set; the move
     *   6  HELD := what I hold then, twice
     *
     * If the exchange fails, 2 to 5 are repeated with the counts as they are by then. A move that is refused after it
     * was written down takes 3 back, and its number is used again.
     *
     * Whoever finds HELD with two different halves asks whether the move took effect: it did if LAST names it, or if
     * MOVE says so, since nobody replaces LAST without having done 4. (LAST is read first: if it was replaced before
     * that, 4 came before.) So every prefix of the steps is either no move or a whole one. Two records suffice: n's is
     * overwritten by n + 2, which is written down only after n + 1 took effect, and then LAST does not name n.
     *
     * A reader of the counts reads LAST, the record, and LAST again.
     *
     * Only the process itself writes its account, one thread at a time, which the caller sees to; after its death, its
     * cleaner does, acting as the dead one, and it may die too: the next one finds one of the same states.
     *
     * What the counts mean.
     *   available     can be acquired; negative if the semaphore was reduced by more than that
     *   outstanding   were acquired and have not been released, by whomever
     *   debt          what the accounts hold together, less outstanding
     * A process may release what another one acquired. Its own account pays first; what it has not got is a debt: some
     * account holds more than its process has. Nobody knows which, unless there is only one account that holds
     * anything; then it is corrected at its next move. A process that says so itself (hand over) lowers its account
     * and leaves nothing to guess: the debt becomes smaller, or negative, which means that permits are under way.
     * At a death the account is closed: it gives back what it holds less the debt, as far as there is any. So permits
     * never multiply: where it is unknown whose permit was released by another process, it is taken to be that of
     * the first one to die, and the difference comes back when the other accounts close.
     */
    /// What is to happen.
    enum Kind { ACQUIRE, DRAIN, RELEASE, REDUCE, HAND_OVER, CLOSE }

    static final int REFUSED = Integer.MIN_VALUE;

    private static final int OWNER_BITS = 10;

    private final long address;
    private final long bound;
    private final boolean accounted;

    // The counts as last read, and as they are to be; used by one thread at a time.
    private int available;
    private int outstanding;
    private int debt;

    /// @param bound most permits that there may be at once
    /// @param accounted whether permits belong to processes
    Ledger(long address, long bound, boolean accounted) {
        this.address = address;
        this.bound = bound;
        this.accounted = accounted;
    }

    static void format(long address, int permits) {
        Memory.putInt(PermitsLayout.record(address, 0, 0) + PermitsLayout.AVAILABLE, permits);
    }

    /// Makes a move for an owner.
    ///
    /// @param permits how many
    /// @return how many were moved, negative if a drain found less than none; or [#REFUSED], and then nothing has
    ///     changed
    int move(Kind kind, int owner, int permits) {
        long account = PermitsLayout.account(address, owner);
        settle(account, owner);
        long number = nextNumber(account, owner);
        boolean written = false;
        for (;;) {
            long last = readCounts();
            int now = heldNow(account);
            int held = corrected(now);
            int moved = apply(kind, held, permits);
            if (moved == REFUSED) {
                if (written) {
                    putHeld(account, now, now);
                }
                return REFUSED;
            }
            if (!written) {
                Memory.putLongRelease(account + PermitsLayout.MOVE, number << 1);
                written = true;
            }
            writeRecord(owner, number);
            int then = heldThen(kind, held, moved);
            putHeld(account, now, then);
            CrashPoint.PERMITS_INTENDED.reached();
            tell(last);
            if (Memory.compareAndSetLong(address + PermitsLayout.LAST, last, number << OWNER_BITS | owner)) {
                CrashPoint.PERMITS_WORD_SET.reached();
                putHeld(account, then, then);
                CrashPoint.PERMITS_ACCOUNTED.reached();
                return moved;
            }
        }
    }

    private long nextNumber(long account, int owner) {
        long last = last();
        long move = Memory.getLongAcquire(account + PermitsLayout.MOVE);
        return (move >>> 1) + (tookEffect(last, move, owner) ? 1 : 0);
    }

    private static boolean tookEffect(long last, long move, int owner) {
        return (move & 1) != 0 || last == (move >>> 1 << OWNER_BITS | owner);
    }

    /// What an account really holds, if it can be told: it is the only one, so the debt is its own.
    private int corrected(int held) {
        if (debt <= 0 || held != outstanding + debt) {
            return held;
        }
        debt = 0;
        return outstanding;
    }

    /// The counts after a move, in the fields; and what it moves.
    private int apply(Kind kind, int held, int permits) {
        int moved = switch (kind) {
            case ACQUIRE -> permits <= available ? permits : REFUSED;
            case DRAIN -> available;
            case RELEASE -> (long) available + permits + outstanding - Math.min(permits, outstanding) <= bound
                    ? permits : REFUSED;
            case REDUCE -> available > Integer.MIN_VALUE + permits ? permits : REFUSED;      // a drain moves it all
            case HAND_OVER -> permits <= held ? permits : REFUSED;
            case CLOSE -> held;
        };
        if (moved == REFUSED) {
            return REFUSED;
        }
        if (!accounted) {
            available += kind == Kind.RELEASE ? moved : kind == Kind.CLOSE ? 0 : -moved;
            return moved;
        }
        switch (kind) {
            case ACQUIRE, DRAIN -> {
                available -= moved;
                outstanding += Math.max(0, moved);
            }
            case REDUCE -> available -= moved;       // no process has them, so no account and no debt changes
            case RELEASE -> {
                int returned = Math.min(moved, outstanding);
                available += moved;
                outstanding -= returned;
                debt += returned - Math.min(moved, held);
            }
            case HAND_OVER -> debt -= moved;
            case CLOSE -> {
                int returned = Math.max(0, held - Math.max(0, debt));
                available += returned;
                outstanding -= returned;
                debt -= held - returned;
            }
        }
        return moved;
    }

    private int heldThen(Kind kind, int held, int moved) {
        if (!accounted) {
            return 0;
        }
        return switch (kind) {
            case ACQUIRE, DRAIN -> held + Math.max(0, moved);
            case REDUCE -> held;
            case RELEASE -> held - Math.min(moved, held);
            case HAND_OVER -> held - moved;
            case CLOSE -> 0;
        };
    }

    /// Tells who made the last move that it took effect, before it is replaced.
    private void tell(long last) {
        long move = PermitsLayout.account(address, (int) (last & Liveness.MAX_OWNER)) + PermitsLayout.MOVE;
        long unknown = last >>> OWNER_BITS << 1;
        if (Memory.getLongVolatile(move) == unknown) {
            Memory.compareAndSetLong(move, unknown, unknown | 1);
        }
    }

    private void writeRecord(int owner, long number) {
        long record = PermitsLayout.record(address, owner, number);
        Memory.putIntOpaque(record + PermitsLayout.AVAILABLE, available);
        Memory.putIntOpaque(record + PermitsLayout.OUTSTANDING, outstanding);
        Memory.putIntOpaque(record + PermitsLayout.DEBT, debt);
    }

    private long readCounts() {
        for (;;) {
            long last = last();
            long record = record(last);
            available = Memory.getIntAcquire(record + PermitsLayout.AVAILABLE);
            outstanding = Memory.getIntAcquire(record + PermitsLayout.OUTSTANDING);
            debt = Memory.getIntAcquire(record + PermitsLayout.DEBT);
            if (last() == last) {
                return last;
            }
        }
    }

    private long last() {
        return Memory.getLongAcquire(address + PermitsLayout.LAST);
    }

    /// Finishes the last move of a dead owner, and closes its account.
    void recover(int dead) {
        long account = PermitsLayout.account(address, dead);
        Memory.putIntVolatile(account + PermitsLayout.WAITING, 0);     // no thread of the dead one says so again
        settle(account, dead);
        CrashPoint.RECOVER_PERMITS_SETTLED.reached();
        if (heldNow(account) != 0) {
            move(Kind.CLOSE, dead, 0);
        }
    }

    /// Decides which half of HELD counts, where they differ: the last move of the owner was cut short, by its death, or
    /// by an error in its thread.
    private void settle(long account, int owner) {
        long held = Memory.getLongAcquire(account + PermitsLayout.HELD);
        if ((int) held != (int) (held >>> Integer.SIZE)) {
            long last = last();
            long move = Memory.getLongAcquire(account + PermitsLayout.MOVE);
            int settled = tookEffect(last, move, owner) ? (int) held : (int) (held >>> Integer.SIZE);
            putHeld(account, settled, settled);
        }
    }

    /// What can be acquired; a snapshot, from any thread.
    int available() {
        return count(PermitsLayout.AVAILABLE);
    }

    /// What was acquired and not released; a snapshot, from any thread.
    int outstanding() {
        return count(PermitsLayout.OUTSTANDING);
    }

    private int count(int field) {
        for (;;) {
            long last = last();
            int count = Memory.getIntAcquire(record(last) + field);
            if (last() == last) {
                return count;
            }
        }
    }

    /// Notes that a thread of an owner waits. A death leaves the note; recovery removes it.
    void waits(int owner) {
        Memory.getAndAddInt(PermitsLayout.account(address, owner) + PermitsLayout.WAITING, 1);
    }

    /// Takes [#waits] back.
    void waitsNoMore(int owner) {
        Memory.getAndAddInt(PermitsLayout.account(address, owner) + PermitsLayout.WAITING, -1);
    }

    /// How many threads of all owners wait; a snapshot, from any thread.
    int waiting() {
        int waiting = 0;
        for (int owner = 1; owner <= Liveness.MAX_OWNER; owner++) {
            waiting += Memory.getIntAcquire(PermitsLayout.account(address, owner) + PermitsLayout.WAITING);
        }
        return waiting;
    }

    private long record(long last) {
        return PermitsLayout.record(address, (int) (last & Liveness.MAX_OWNER), last >>> OWNER_BITS);
    }

    int held(int owner) {
        return heldNow(PermitsLayout.account(address, owner));
    }

    private static int heldNow(long account) {
        return (int) (Memory.getLongAcquire(account + PermitsLayout.HELD) >>> Integer.SIZE);
    }

    private static void putHeld(long account, int now, int then) {
        Memory.putLongRelease(account + PermitsLayout.HELD, (long) now << Integer.SIZE | then);
    }
}
