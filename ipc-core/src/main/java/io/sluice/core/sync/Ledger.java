package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;

/// The accounts of a semaphore: how many permits there are, and how many each process holds. One move at a time changes
/// the counts and the account of the moving process together, so a death never leaves one changed without the other.
final class Ledger {
    /*
     * A move changes two places, and a process may die between them. So each move is made detectable (H. Attiya, O.
     * Ben-Baruch, D. Hendler, *Nesting-Safe Recoverable Linearizability*, PODC 2018): it is written down first and
     * decided by one compare-and-set; afterwards every process can tell whether it took effect.
     *
     * The word LAST names the last move that took effect: its owner, and its number among the moves of that owner. The
     * counts after it stand in the owner's record of that number. Numbers only grow, over all processes that ever had
     * the slot, so no word ever returns, and there is no ABA.
     *
     *   1  MOVE := n, not known to have taken effect       n: one more than the owner's last move that took effect
     *   2  record of n := the counts after it
     *   3  HELD := held now, held after the move           one store
     *   4  MOVE of the owner of the last move := known to have taken effect, if it still is that move
     *   5  LAST := (owner, n)                              compare-and-set; the move
     *   6  HELD := held after the move, in both halves
     *
     * If the compare-and-set fails, 2 to 5 are repeated with the counts of that moment. A move that is refused after it
     * was written down takes 3 back, and its number is used again.
     *
     * HELD with two different halves raises the question whether the move took effect. It did if LAST names it, or if
     * MOVE says so, since no process replaces LAST before it has done 4. (LAST is read first: if it was replaced before
     * that read, 4 came before.) So every prefix of the steps is either no move or a whole one. Two records suffice:
     * n's is overwritten by n + 2, which is written down only after n + 1 took effect; then LAST does not name n.
     *
     * A reader of the counts reads LAST, the record, and LAST again.
     *
     * Only the owner writes its account, one thread at a time, which the caller ensures. After the owner's death, its
     * cleaner writes in its name. The cleaner may die too: the next cleaner finds one of the same states.
     *
     * What the counts mean.
     *   available     can be acquired; negative if the semaphore was reduced by more than that
     *   outstanding   were acquired by any process and have not been released
     *   debt          the sum of what all accounts hold, less outstanding
     * A process may release what another one acquired. Its own account pays first. The rest is a debt: some account
     * holds more than its process has. It is unknown which, unless only one account holds anything; then that account
     * is corrected at its next move. A process that hands its permits over lowers its own account, so nothing is
     * unknown: the debt becomes smaller, or negative, which means that permits are under way. At a death the account is
     * closed: it gives back what it holds less the debt, if that is positive. So permits never multiply. Where it is
     * unknown whose permit another process released, the first process to die is taken to be its holder, and the
     * difference comes back when the other accounts close.
     */
    /// The kinds of move.
    enum Kind { ACQUIRE, DRAIN, RELEASE, REDUCE, HAND_OVER, CLOSE }

    static final int REFUSED = Integer.MIN_VALUE;

    private final long address;
    private final long bound;
    private final boolean accounted;

    // The counts as last read, then as the move leaves them; used by one thread at a time.
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
                Memory.putLongRelease(account + PermitsLayout.MOVE, MoveWord.begun(number));
                written = true;
            }
            writeRecord(owner, number);
            int then = heldThen(kind, held, moved);
            putHeld(account, now, then);
            CrashPoint.PERMITS_INTENDED.reached();
            noteAsKnown(last);
            if (Memory.compareAndSetLong(address + PermitsLayout.LAST, last, LastMoveWord.of(owner, number))) {
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
        return MoveWord.number(move) + (tookEffect(last, move, owner) ? 1 : 0);
    }

    private static boolean tookEffect(long last, long move, int owner) {
        return MoveWord.isKnown(move) || last == LastMoveWord.of(owner, MoveWord.number(move));
    }

    /// What an account really holds, where that is known: if it is the only account, the whole debt is its own.
    private int corrected(int held) {
        if (debt <= 0 || held != outstanding + debt) {
            return held;
        }
        debt = 0;
        return outstanding;
    }

    /// Sets the fields to the counts after a move.
    ///
    /// @return how many permits it moves, or [#REFUSED]
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
            case REDUCE -> available -= moved;       // no process holds them, so no account and no debt changes
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

    /// Notes at the owner of the last move that it took effect, before LAST is replaced.
    private void noteAsKnown(long last) {
        long move = PermitsLayout.account(address, LastMoveWord.owner(last)) + PermitsLayout.MOVE;
        long number = LastMoveWord.number(last);
        if (Memory.getLongVolatile(move) == MoveWord.begun(number)) {
            Memory.compareAndSetLong(move, MoveWord.begun(number), MoveWord.known(number));
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
        Memory.putIntVolatile(account + PermitsLayout.WAITING, 0);     // no thread of the dead owner waits
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
        if (HeldWord.then(held) != HeldWord.now(held)) {
            long last = last();
            long move = Memory.getLongAcquire(account + PermitsLayout.MOVE);
            int settled = tookEffect(last, move, owner) ? HeldWord.then(held) : HeldWord.now(held);
            putHeld(account, settled, settled);
        }
    }

    /// How many permits can be acquired; a snapshot, from any thread.
    int available() {
        return count(PermitsLayout.AVAILABLE);
    }

    /// How many permits are acquired and not released; a snapshot, from any thread.
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
    void addWaiter(int owner) {
        Memory.getAndAddInt(PermitsLayout.account(address, owner) + PermitsLayout.WAITING, 1);
    }

    /// Takes [#addWaiter] back.
    void removeWaiter(int owner) {
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
        return PermitsLayout.record(address, LastMoveWord.owner(last), LastMoveWord.number(last));
    }

    int held(int owner) {
        return heldNow(PermitsLayout.account(address, owner));
    }

    private static int heldNow(long account) {
        return HeldWord.now(Memory.getLongAcquire(account + PermitsLayout.HELD));
    }

    private static void putHeld(long account, int now, int then) {
        Memory.putLongRelease(account + PermitsLayout.HELD, HeldWord.of(now, then));
    }
}
