package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import java.util.function.BooleanSupplier;

/// The cells of a service, as one process sees them: each open call has one, in which its client awaits the answer.
///
/// A client claims a cell, sends its request with the cell and the number of the call through a ring, and waits. A
/// server takes the request, leases the call, and writes the answer. A call of a cell is numbered one higher than the
/// call before, whatever became of that, so no two calls of a service have the same cell and number.
///
/// - **Threads:** any. The methods of a cell say who may call them.
/// - **Blocking:** only [#claim] and [#awaitEnd] wait.
/// - **Death:** [#recover] ends what a dead client or server had open.
/// - **Allocation:** none, unless a wait is long.
///
/// @hidden
public final class CallCells {
    /*
     * Three words of a cell decide, each of which is enough for its own question:
     *
     *   claim    whose is the cell?      FREE -> CLAIMED(client) -> FREE, or ABANDONED(n) if a server still has call n
     *   lease    who may end call n?     (n, owner), and n goes up by one. Its owner is the holder of call n
     *   answer   has call n ended?       (n, outcome), and n follows the lease
     *
     * Who writes, and when:
     *
     *   claim    FREE -> CLAIMED, and ABANDONED(n) -> CLAIMED once call n has ended: any client, by compare-and-set.
     *            CLAIMED -> FREE or ABANDONED: its client alone, or recovery for a dead client.
     *   lease    (n - 1, any) -> (n, owner): a server that has taken the request n, or the client of call n, which then
     *            drops it; recovery does so for a dead client. By compare-and-set, so one of them wins.
     *   answer   (n - 1, any) -> (n, outcome): the holder of call n alone, after it has written the answer behind the
     *            word; recovery for a dead holder.
     *
     * Invariant: answer.n <= lease.n <= answer.n + 1. A lease is open while the two differ. A cell is FREE only if they
     * are equal: its client leaves it FREE when it has seen the end of its call, or has dropped it, and ABANDONED(n)
     * otherwise. So the client that claims a cell finds no open lease, and its call is answer.n + 1.
     *
     * No two write an answer at once. Only the holder of call n writes to the cell, and only until it sets the word of
     * the answer to n. Call n + 1 gets a holder only after its request was sent, so after its client has claimed the
     * cell, and before that the word was n. This order passes through the claim word (release and compare-and-set), the
     * slot of the request and the lease word. The client reads the answer between its acquire of the word and its
     * release of the claim, which is before the next request as well.
     *
     * No ABA. A late request (its client gave up, or died and recovery dropped the call) has a number that the lease
     * word has reached already, and numbers do not come back: the narrowest has 52 bits, and at three million calls a
     * second one cell needs 47 years for them. So its lease fails, and the server drops the request. A late answer, of
     * a call whose client has left, has its holder's lease: until the holder ends it, the cell stays ABANDONED and no
     * other client has it, so the answer overwrites nothing, and no call mistakes it for its own.
     *
     * What a death leaves, and what recovery does, in this order:
     *
     *   holder of call n, before the answer word    lease (n, dead), answer n - 1. The word becomes (n, SERVER_LOST),
     *                                               whatever was written behind it
     *   holder, after the answer word               a sleeping client: it is woken
     *   server, before the lease                    nothing here. Its slot in the ring gives the request back
     *   client, cell claimed                        CLAIMED(dead). Recovery drops its call as the client would: call
     *                                               n + 1, if no server has it, is leased in the name of the dead and
     *                                               set to DROPPED, which also refuses a request that is still on its
     *                                               way. Then the cell is FREE, or ABANDONED(n + 1) if a server has it
     *   client, between its lease and DROPPED       the first line
     *   client, after the release of the cell       callers that wait for a cell: they are woken
     *
     * Recovery has one caller for a dead owner at a time. The dead one changes nothing, so its words change through
     * recovery alone; those that the living may change as well are changed by compare-and-set. A cleaner that dies
     * leaves words that are one of the cases above, and the next one repeats it. At worst a call number is skipped.
     *
     * In a call between two spinning processes the line of the answer moves twice, and that of the request twice, as in
     * a round trip through two rings; and the request's once more, for the exchange by which one of many servers takes
     * it. The words of claim and lease stay where they are.
     */
    /// No cell.
    public static final int NONE = -1;

    /// The most cells of a service: the message of a request has room for the number of one.
    public static final int MOST_CELLS = 1 << 16;

    private final String name;
    private final int cells;
    private final int answerBytes;
    private final long stride;
    private final long address;
    private final int self;
    private final Parking parking;
    private final Liveness liveness;
    private final WaitStrategy strategy;
    private final EventCount free;
    private final Waiter forFree;
    private final EventCount[] answered;
    private final Ended[] ended;

    /// How many bytes the cells take.
    ///
    /// @param cells how many, from 1
    /// @param answerBytes longest answer that stands in a cell, not negative
    /// @return size in bytes
    public static long bytes(int cells, int answerBytes) {
        return CallLayout.CELLS + cells * CallLayout.stride(answerBytes);
    }

    /// The longest answer that a cell of some lines holds.
    ///
    /// @param bytes how long answers are
    /// @return as much or a little more, so that the answer fills its last pair of lines
    public static int filled(int bytes) {
        return (int) (CallLayout.stride(bytes) - CallLayout.PAYLOAD);
    }

    /// A view of cells; zeros are free ones.
    ///
    /// @param name what error messages call the service
    /// @param address absolute, aligned to 128
    /// @param cells how many
    /// @param answerBytes longest answer that stands in a cell
    /// @param parking how to sleep
    /// @param liveness the slot of this process, and recovery of dead ones
    /// @param strategy how long the waits spin
    public CallCells(String name, long address, int cells, int answerBytes, Parking parking, Liveness liveness,
            WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.cells = cells;
        this.answerBytes = answerBytes;
        this.stride = CallLayout.stride(answerBytes);
        this.self = liveness.self();
        this.parking = parking;
        this.liveness = liveness;
        this.strategy = strategy;
        this.free = new EventCount(address + CallLayout.FREE, parking);
        this.forFree = new Waiter(free, liveness, strategy, Wait.CALL);
        this.answered = new EventCount[cells];
        this.ended = new Ended[cells];
    }

    private long at(int cell) {
        return CallLayout.cell(address, cell, stride);
    }

    private EventCount answered(int cell) {
        EventCount known = answered[cell];
        if (known == null) {
            known = new EventCount(at(cell) + CallLayout.ANSWERED, parking);
            answered[cell] = known;      // racing threads make equal ones
        }
        return known;
    }

    private long claimWord(int cell) {
        return Memory.getLongAcquire(at(cell) + CallLayout.CLAIM);   // pairs with each release and exchange of a claim
    }

    private long leaseWord(int cell) {
        return Memory.getLongAcquire(at(cell) + CallLayout.LEASE);   // pairs with the exchange of a lease
    }

    private long answerWord(int cell) {
        return Memory.getLongAcquire(at(cell) + CallLayout.ANSWER);  // pairs with the release in end
    }

    // The client of a call.

    /// Claims a free cell, if there is one now.
    ///
    /// @param first where the search begins; a client that takes the same again finds its lines in its cache
    /// @return the cell, or [#NONE]
    public int tryClaim(int first) {
        for (int i = 0; i < cells; i++) {
            int cell = first + i < cells ? first + i : first + i - cells;
            long word = claimWord(cell);
            if (isFree(cell, word)
                    && Memory.compareAndSetLong(at(cell) + CallLayout.CLAIM, word, CallClaimWord.claimed(word, self))) {
                CrashPoint.CALL_CELL_CLAIMED.reached();
                return cell;
            }
        }
        return NONE;
    }

    private boolean isFree(int cell, long word) {
        return word == CallClaimWord.FREE || (CallClaimWord.state(word) == CallClaimWord.ABANDONED
                && CallAnswerWord.call(answerWord(cell)) >= CallClaimWord.call(word));
    }

    /// Claims a free cell, and waits until there is one.
    ///
    /// @param first where the search begins
    /// @param orElse ends the wait as well
    /// @param deadline as [Waiter#await] takes it
    /// @return the cell, or [#NONE] if the deadline passed first, or `orElse` was met
    /// @throws InterruptedException if interrupted before or while waiting; nothing is claimed
    public int claim(int first, BooleanSupplier orElse, long deadline) throws InterruptedException {
        for (;;) {
            int cell = tryClaim(first);
            if (cell != NONE) {
                return cell;
            }
            if (!forFree.await(() -> orElse.getAsBoolean() || anyFree(), deadline) || orElse.getAsBoolean()
                    || Waiter.isOver(deadline)) {
                return NONE;
            }
        }
    }

    private boolean anyFree() {
        for (int cell = 0; cell < cells; cell++) {
            if (isFree(cell, claimWord(cell))) {
                return true;
            }
        }
        return false;
    }

    /// The number of the next call of a cell that the caller has claimed, in which no call is open.
    ///
    /// @param cell claimed by this process
    /// @return the number, from 1
    public long nextCall(int cell) {
        return CallAnswerWord.call(answerWord(cell)) + 1;
    }

    /// The call whose client had abandoned a cell before it was claimed: its answer may have left a file.
    ///
    /// @param cell claimed by this process
    /// @return the number; 0 if the last client had left the cell free
    public long abandonedCall(int cell) {
        return CallClaimWord.call(claimWord(cell));
    }

    /// How the last call of a cell has ended.
    ///
    /// @param cell any
    /// @return a constant of [CallOutcome]
    public int lastOutcome(int cell) {
        return CallAnswerWord.outcome(answerWord(cell));
    }

    /// What a request carries beside its cell: the number of the call, and this process as its client.
    ///
    /// @param call the number
    /// @return both in one word, for [#call] and [#client]
    public long ticket(long call) {
        return CallLeaseWord.of(call, self);
    }

    /// The number of the call in a ticket.
    ///
    /// @param ticket of a request
    /// @return the number
    public static long call(long ticket) {
        return CallLeaseWord.call(ticket);
    }

    /// The client in a ticket.
    ///
    /// @param ticket of a request
    /// @return owner slot, 0 to 1023
    public static int client(long ticket) {
        return CallLeaseWord.owner(ticket);
    }

    /// Waits until a call has ended.
    ///
    /// @param cell claimed by this process; one thread waits at a time
    /// @param call the open call of the cell
    /// @param orElse ends the wait as well; one object for all waits of a view, since it is kept
    /// @param deadline as [Waiter#await] takes it
    /// @return whether the call has ended, or `orElse` was met
    /// @throws InterruptedException if interrupted before or while waiting
    public boolean awaitEnd(int cell, long call, BooleanSupplier orElse, long deadline) throws InterruptedException {
        Ended condition = ended[cell];
        if (condition == null) {
            condition = new Ended(cell, orElse);
            ended[cell] = condition;
        }
        condition.call = call;
        return condition.waiter.await(condition, deadline);
    }

    /// Whether a call has ended; kept for each cell, so that a wait allocates nothing.
    private final class Ended implements BooleanSupplier {
        private final long word;
        private final BooleanSupplier orElse;
        private final Waiter waiter;
        private long call;               // of the thread that has claimed the cell

        Ended(int cell, BooleanSupplier orElse) {
            this.word = at(cell) + CallLayout.ANSWER;
            this.orElse = orElse;
            this.waiter = new Waiter(answered(cell), liveness, strategy, Wait.CALL);
        }

        @Override
        public boolean getAsBoolean() {
            return CallAnswerWord.call(Memory.getLongAcquire(word)) >= call || orElse.getAsBoolean();
        }
    }

    /// Leaves a cell: its call has ended, is dropped now, or is left to the server that has it.
    ///
    /// @param cell claimed by this process
    /// @param call its last call, whether its request was sent or not
    public void leave(int cell, long call) {
        boolean over = drop(cell, call, self);
        Memory.putLongRelease(at(cell) + CallLayout.CLAIM,
                over ? CallClaimWord.FREE : CallClaimWord.abandoned(call));     // pairs with claimWord
        CrashPoint.CALL_CELL_LEFT.reached();
        free.signal();
    }

    /// Takes a call back unless a server has it.
    ///
    /// @return whether the call has ended, by this or before
    private boolean drop(int cell, long call, int client) {
        if (CallAnswerWord.call(answerWord(cell)) >= call) {
            return true;                     // without a look at the lease, whose line is the server's
        }
        if (takeLease(cell, call, client)) {
            CrashPoint.CALL_TAKEN_BACK.reached();
            Memory.putLongRelease(at(cell) + CallLayout.ANSWER, CallAnswerWord.of(call, CallOutcome.DROPPED));
            return true;
        }
        return CallAnswerWord.call(answerWord(cell)) >= call;
    }

    // The server of a call.

    /// Whether a number is that of a cell.
    ///
    /// @param cell from a request
    /// @return true if so
    public boolean isCell(int cell) {
        return cell >= 0 && cell < cells;
    }

    /// Leases a call: from here on this process alone may end it, and it fails if the process dies before.
    ///
    /// @param cell from a request that this process has taken
    /// @param call from the same request
    /// @return false if the request is late: its client has given up or died, or a server that has died had it
    public boolean lease(int cell, long call) {
        boolean leased = takeLease(cell, call, self);
        if (leased) {
            CrashPoint.CALL_LEASED.reached();
        }
        return leased;
    }

    /// Whether no call of a cell has a number yet: a request that carries it was damaged. A late one has a lower
    /// number.
    ///
    /// @param cell from a request that could not be leased
    /// @param call from the same request
    /// @return true if so
    public boolean isBeyond(int cell, long call) {
        return call > CallLeaseWord.call(leaseWord(cell)) + 1;       // the word never goes back
    }

    /// Leases the open call of a cell whose request was damaged, so that it can be ended.
    ///
    /// @param cell from the request
    /// @param client from the request
    /// @return the number of the call; 0 if this client has none there that waits for a server
    public long leaseOpen(int cell, int client) {
        long call = CallLeaseWord.call(leaseWord(cell)) + 1;
        // In this order: the lease is that of the client and of no later one, since each call moves the lease.
        boolean waits = nextCall(cell) == call && CallClaimWord.isClaimedBy(claimWord(cell), client);
        return waits && takeLease(cell, call, self) ? call : 0;
    }

    /// One compare-and-set: it fails only if another holder was faster.
    private boolean takeLease(int cell, long call, int owner) {
        long word = leaseWord(cell);
        return CallLeaseWord.call(word) == call - 1
                && Memory.compareAndSetLong(at(cell) + CallLayout.LEASE, word, CallLeaseWord.of(call, owner));
    }

    /// Where the answer of a call is to be written, and read.
    ///
    /// @param cell whose call this process has leased, or whose answer it reads
    /// @return absolute address of [#answerBytes] bytes
    public long payload(int cell) {
        return at(cell) + CallLayout.PAYLOAD;
    }

    /// The longest answer that stands in a cell.
    ///
    /// @return length in bytes
    public int answerBytes() {
        return answerBytes;
    }

    /// Whether a call is still to be ended. Nothing may be written into the cell otherwise.
    ///
    /// @param cell whose call this process has leased
    /// @param call the number of the call
    /// @return false once it has ended
    public boolean isOpen(int cell, long call) {
        return CallAnswerWord.call(answerWord(cell)) < call;
    }

    /// Ends a call whose answer is written, and wakes its client.
    ///
    /// @param cell whose call this process has leased
    /// @param call the number of the call
    /// @param outcome a constant of [CallOutcome]
    /// @param length of the answer in bytes, wherever it stands
    public void end(int cell, long call, int outcome, int length) {
        Memory.putInt(at(cell) + CallLayout.LENGTH, length);         // plain: the word publishes it
        CrashPoint.CALL_ANSWER_WRITTEN.reached();
        // Pairs with answerWord.
        Memory.putLongRelease(at(cell) + CallLayout.ANSWER, CallAnswerWord.of(call, outcome));
        CrashPoint.CALL_ENDED.reached();
        answered(cell).signal();
        free.signal();                   // the cell may be abandoned; its claim word is the client's, and far away
    }

    /// The length of an answer.
    ///
    /// @param cell claimed by this process, its call has ended
    /// @param large whether the answer stands in a file
    /// @return length in bytes, checked
    /// @throws CorruptObjectException if the answer cannot have this length
    public int length(int cell, boolean large) {
        int length = Memory.getInt(at(cell) + CallLayout.LENGTH);    // plain: the word's acquire precedes
        if (length < 0 || (!large && length > answerBytes)) {
            throw new CorruptObjectException(("service '%s': the answer in cell %,d says that it has %,d bytes, and %,d"
                    + " fit; something else has written into the memory; unlink and recreate it").formatted(
                    name, cell, length, answerBytes));
        }
        return length;
    }

    // All.

    /// Makes every caller look at its condition: one that waits for an answer, and one that waits for a cell.
    public void wakeAllClients() {
        for (int cell = 0; cell < cells; cell++) {
            if (claimWord(cell) != CallClaimWord.FREE) {
                answered(cell).signal();
            }
        }
        free.signal();
    }

    /// How many calls are open: a snapshot.
    ///
    /// @return the number of cells that are not free
    public int open() {
        int open = 0;
        for (int cell = 0; cell < cells; cell++) {
            if (!isFree(cell, claimWord(cell))) {
                open++;
            }
        }
        return open;
    }

    // Recovery.

    /// Whether the file of an answer is, or will be, referred to.
    ///
    /// @param address of the cells, as they are mapped in this process
    /// @param cells how many
    /// @param answerBytes longest answer that stands in a cell
    /// @param cell any number
    /// @param call the lowest bits of a call's number
    /// @param mask which bits these are
    /// @return true while the answer is written, and until its client has left the cell
    public static boolean refersTo(long address, int cells, int answerBytes, int cell, long call, long mask) {
        return cell < cells && unowned(address, cells, answerBytes, 0, null).refersTo(cell, call, mask);
    }

    private boolean refersTo(int cell, long call, long mask) {
        long answer = answerWord(cell);
        if ((CallAnswerWord.call(answer) & mask) == call) {
            return CallOutcome.isLarge(CallAnswerWord.outcome(answer))
                    && CallClaimWord.state(claimWord(cell)) == CallClaimWord.CLAIMED;
        }
        return (CallLeaseWord.call(leaseWord(cell)) & mask) == call;
    }

    private static CallCells unowned(long address, int cells, int answerBytes, int owner, Parking parking) {
        return new CallCells("(swept)", address, cells, answerBytes, parking, Liveness.of(owner),
                WaitStrategy.PARK);
    }

    /// Ends the calls that a dead owner had leased, drops those that it had made, and wakes their peers. The caller
    /// holds the dead owner's place, so that no other process does it at the same time; a caller that dies is the same
    /// case again.
    ///
    /// @param address of the cells, as they are mapped in this process
    /// @param cells how many
    /// @param answerBytes longest answer that stands in a cell
    /// @param dead owner slot
    /// @param parking wakes waiters
    public static void recover(long address, int cells, int answerBytes, int dead, Parking parking) {
        unowned(address, cells, answerBytes, dead, parking).recover();
    }

    private void recover() {
        for (int cell = 0; cell < cells; cell++) {
            long lease = leaseWord(cell);
            long call = CallLeaseWord.call(lease);
            if (CallLeaseWord.owner(lease) == self && CallAnswerWord.call(answerWord(cell)) < call) {
                Memory.putLongRelease(at(cell) + CallLayout.ANSWER, CallAnswerWord.of(call, CallOutcome.SERVER_LOST));
                CrashPoint.RECOVER_CALL_ENDED.reached();
            }
        }
        for (int cell = 0; cell < cells; cell++) {
            if (CallClaimWord.isClaimedBy(claimWord(cell), self)) {
                leave(cell, nextCall(cell));
            }
        }
        for (int cell = 0; cell < cells; cell++) {
            if (claimWord(cell) != CallClaimWord.FREE) {
                answered(cell).wakeAll();    // not signal(): the dead one may have moved the word, and not called
            }
        }
        free.wakeAll();
    }
}
