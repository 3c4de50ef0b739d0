package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.Parking;

/// The bias of one end of a ring for many towards a single thread: while no second one has come, that thread claims, or
/// takes, without an atomic instruction. The first second one revokes the bias, for good.
///
/// - **Algorithm:** biased locking with an asymmetric fence (D. Dice, H. Huang, M. Yang, *Asymmetric Dekker
///   Synchronization*, 2001; N. Vasudevan, K. Namjoshi, S. Edwards, *Simple and Fast Biased Locks*, PACT 2010), with a
///   revocation that waits for no thread: the position where the holder stands is lent to it.
/// - **Threads:** any; the holder is one thread of one [Ring].
/// - **Blocking:** never. A revocation costs a heavy fence, some microseconds, once in the life of a ring's end.
/// - **Allocation:** one object for each grant.
abstract class Bias {
    /*
     *    63                  12 11      2 1   0
     *    +---------------------+---------+-----+
     *    | number of the grant | owner   |state|     bias
     *    +---------------------+---------+-----+
     *
     *   FREE -> HELD(owner) -> REVOKED(owner) -> SHARED
     *     ^         |
     *     +---------+   the holder leaves, or is dead
     *
     *   at      1 + the position where the holder stands, or stood last; 0: nowhere. The holder writes it, by a plain
     *           store; recovery clears it for a dead one.
     *   lent    what the revocation has decided: OPEN, SETTLED, or 1 + the position that the holder keeps. It is
     *           decided once, since SHARED is final.
     *
     * Who may change a word of this end? Claims change FREE, takes change COMMITTED and RETURNED. By a compare-and-set:
     * the holder, and everyone once the bias is SHARED. By a plain store, or by no store at all: the holder at the
     * position where it stands, if it found itself the holder after it stood there. A word that only this end changes
     * is *pending*: FREE for a claim, COMMITTED for a take.
     *
     *   the holder                           a revoker
     *   the word at p is pending             bias = REVOKED, by compare-and-set
     *   at = p                               heavy fence
     *   (light) fence                        x = at
     *   bias still HELD? then p is its own   the word at x is pending? then lent = x, otherwise lent = SETTLED,
     *   otherwise see below                      by compare-and-set from OPEN
     *                                        lent at x? then mark x as the holder's, by compare-and-set of the word
     *                                        bias = SHARED, by compare-and-set
     *
     * The holder found the bias HELD: then its look came before the revoker's fence, and so did its store. The revoker
     * reads p, or a later position where the holder stands since. If it reads p, the word is pending, since no other
     * process may change it, unless the holder has gone on with p already: claimed it by a store, or released what it
     * took. So p is lent, and marked before any other process may touch it; or there is nothing left to protect. The
     * mark is what the holder's own exchange would have written, so what follows (its commit, its release, or recovery
     * after its death) is the same as without a bias.
     *
     * The holder found the bias REVOKED: it asks `lent`, and settles it if it is OPEN. If p is lent, p is its own as
     * well: the bias is not SHARED before p is marked. Otherwise no revoker can lend p any more, and the holder goes on
     * as everyone does.
     *
     * Any process that meets REVOKED repeats the revoker's steps before it changes a word, so a revoker may stop or die
     * at each of them. A late one does no harm: `lent` is decided, the position that it marks was pending in one turn of
     * the ring and is not so again, and SHARED is final.
     *
     * The holder stops for long: it stops as if it had just exchanged the word. It dies: the bias becomes FREE if it is
     * still HELD, and recovery offers a message again that it stood at. Otherwise recovery finishes the revocation, and
     * finds the mark among the words of the dead owner.
     *
     * `at` is not cleared when the holder goes on: the word at that position is not pending again in its turn. It
     * survives a FREE bias for the same reason.
     *
     * A process that cannot make heavy fences (a seccomp filter) revokes as well. It waits a millisecond instead, while
     * the stores of the holder leave their buffer: long, but no proof.
     */
    private static final int STATE = 3;
    private static final int FREE = 0;
    private static final int HELD = 1;
    private static final int REVOKED = 2;
    private static final int SHARED = 3;
    private static final int OWNER_SHIFT = 2;
    private static final int OWNER = 1023;
    private static final int NUMBER_SHIFT = 12;

    private static final long OPEN = 0;
    private static final long SETTLED = -1;
    private static final long NOWHERE = 0;

    private static final long STORES_LEAVE_NANOS = 1_000_000;

    final Ring ring;
    private final long word;
    private final long at;
    private final long lent;
    private Grant grant = new Grant(0, SHARED);        // racy: only its own thread finds itself in one

    /// @param place of the bias in the ring
    Bias(Ring ring, int place) {
        this.ring = ring;
        this.word = ring.address + place + RingLayout.BIAS_WORD;
        this.at = ring.address + place + RingLayout.BIAS_AT;
        this.lent = ring.address + place + RingLayout.BIAS_LENT;
    }

    /// The id of a thread, which is never used again, and the word of its bias.
    private record Grant(long thread, long word) {}

    /// Whether the word at a position waits for this end.
    abstract boolean isPending(long position);

    /// Marks the position as the owner's, unless it is not pending any more.
    abstract void mark(long position, int owner);

    /// Ends what a dead holder had begun at a position, if there is something.
    abstract void undo(long position);

    /// What comes before each change of a word of this end: the calling thread gets the bias, has it, or shares.
    ///
    /// @return whether the calling thread has the bias; otherwise it may change words by compare-and-set only
    final boolean enter() {
        long seen = Memory.getLongAcquire(word);
        return seen != SHARED && (isMine(seen) || getOrShare(seen));
    }

    private boolean isMine(long seen) {
        Grant own = grant;
        return own.word == seen && Thread.currentThread().threadId() == own.thread;
    }

    private boolean getOrShare(long first) {
        long seen = first;
        boolean looked = false;
        while (state(seen) != SHARED) {
            if (state(seen) == FREE) {
                if (take(seen)) {
                    return true;
                }
            } else if (state(seen) == HELD && !looked) {
                looked = true;
                ring.liveness.sweep();       // a dead holder is no reason to share
            } else {
                revoke(seen);
            }
            seen = Memory.getLongVolatile(word);
        }
        return false;
    }

    private boolean take(long free) {
        long held = ((free >>> NUMBER_SHIFT) + 1) << NUMBER_SHIFT | (long) ring.self << OWNER_SHIFT | HELD;
        Grant mine = new Grant(Thread.currentThread().threadId(), held);
        if (!Memory.compareAndSetLong(word, free, held)) {
            return false;
        }
        grant = mine;
        CrashPoint.BIAS_GRANTED.reached();
        return true;
    }

    /// Shares this end, in each state of the bias.
    final void share() {
        for (long seen = Memory.getLongVolatile(word); state(seen) != SHARED; seen = Memory.getLongVolatile(word)) {
            if (state(seen) == FREE) {
                Memory.compareAndSetLong(word, seen, SHARED);
            } else {
                revoke(seen);
            }
        }
    }

    /// Moves the holder, which has found the word at the position pending, to that position.
    ///
    /// @return whether the position is its own, without an exchange of the word; otherwise see [#isLent]
    final boolean stand(long position) {
        CrashPoint.BIAS_FOUND.reached();
        Memory.putLongRelease(at, position + 1);
        ring.parking.fence();
        CrashPoint.BIAS_STANDS.reached();
        return Memory.getLong(word) == grant.word;
    }

    /// Whether the holder that stood at a position, and found the bias revoked, owns it nevertheless.
    final boolean isLent(long position) {
        Memory.compareAndSetLong(lent, OPEN, SETTLED);
        return Memory.getLongVolatile(lent) == position + 1;
    }

    /// Gives the bias back, if the calling thread has it and is in no operation.
    void leave() {
        long seen = Memory.getLongAcquire(word);
        if (state(seen) == HELD && isMine(seen)) {
            Memory.compareAndSetLong(word, seen, free(seen));
        }
    }

    /// Does what a dead owner cannot do any more.
    final void recover(int dead) {
        long seen = Memory.getLongVolatile(word);
        if (state(seen) == HELD && owner(seen) == dead) {
            long stood = Memory.getLongVolatile(at);
            if (stood != NOWHERE) {
                undo(position(stood));
            }
            Memory.putLongVolatile(at, NOWHERE);
            if (Memory.compareAndSetLong(word, seen, free(seen))) {
                return;
            }
            seen = Memory.getLongVolatile(word);
        }
        if (state(seen) == REVOKED) {
            revoke(seen);
        }
    }

    /// Takes the steps of a revocation that are still to be taken.
    private void revoke(long seen) {
        long revoked = (seen & ~STATE) | REVOKED;
        if (state(seen) == HELD && !Memory.compareAndSetLong(word, seen, revoked)) {
            return;                          // the caller looks again
        }
        CrashPoint.BIAS_REVOKED.reached();
        ring.parking.heavyFence();
        if (!ring.parking.fencesOthers()) {
            letStoresLeave();
        }
        long decided = Memory.getLongVolatile(lent);
        if (decided == OPEN) {
            long stood = Memory.getLongVolatile(at);
            decided = stood != NOWHERE && isPending(position(stood)) ? stood : SETTLED;
            Memory.compareAndSetLong(lent, OPEN, decided);
            CrashPoint.BIAS_DECIDED.reached();
            decided = Memory.getLongVolatile(lent);
        }
        if (decided != SETTLED) {
            mark(position(decided), owner(seen));
        }
        CrashPoint.BIAS_MARKED.reached();
        Memory.compareAndSetLong(word, revoked, SHARED);
    }

    private static void letStoresLeave() {
        for (long begun = System.nanoTime(); System.nanoTime() - begun < STORES_LEAVE_NANOS; ) {
            Thread.onSpinWait();
        }
    }

    private static int state(long seen) {
        return (int) seen & STATE;
    }

    private static int owner(long seen) {
        return (int) (seen >>> OWNER_SHIFT) & OWNER;
    }

    private static long free(long seen) {
        return seen >>> NUMBER_SHIFT << NUMBER_SHIFT;
    }

    private static long position(long stood) {
        return (stood - 1) & Ring.POSITION_MASK;
    }
}
