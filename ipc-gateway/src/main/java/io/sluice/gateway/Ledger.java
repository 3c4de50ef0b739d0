package io.sluice.gateway;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.owner.OwnerToken;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.collections.LongHashSet;

/// What a receiving end must know after its own death: how far it has come, and in which of the messages it was.
final class Ledger {
    /*
     * It is in shared memory, beside the object that it tells of, so that both outlive the process, and end together.
     * One process writes, see Board.
     *
     *   index      how many messages were delivered, over all senders; one that comes again counts once
     *   positions  of each of the last WINDOW of these, where it lay in the object of the sender
     *   base       index + base is the sequence of the last message delivered of the sender with this incarnation
     *
     * A message, step by step, and what a death behind each leaves:
     *
     *   claim                          a claim: recovery aborts it. Not delivered, and the ledger says so
     *   position, place, aborted       the same; the position has a slot that holds none of the last WINDOW
     *   intent = index + 1             the same; the successor looks at the place, since the commit may have come
     *   commit                         the message is delivered, and the ledger does not say so; the successor looks at
     *                                  the place, finds the message, or its slots free again, and moves the index
     *   index = index + 1              both
     *
     * The look at the place: a claim of a dead process that was not committed is aborted by recovery, which counts it.
     * So slots that are free again were read if no claim was aborted since, and were given up if it was, unless other
     * producers of the object died as well. Only then is it unknown; the successor takes the message as missing, says
     * that it may arrive twice, and asks for it.
     *
     * A sender that was restarted numbers anew, and sends again what was not acknowledged to it, at most WINDOW
     * messages. What it sent before is among `positions`, by which the receiver knows it: the place of a message in a
     * ring is never used twice while the object lives, and another object has another id. A sender of another object on
     * the same stream ends that knowledge.
     *
     * What comes again moves the base, and neither the index nor a position. So the positions are those of WINDOW
     * different messages, however often the sender is restarted; and they are here, not in the memory of a receiver,
     * which may die before all have come again.
     *
     * A change of the sender: incarnation = 0, known and source if it is another object, base, incarnation. A death in
     * between leaves 0, and the next HELLO begins it again; nothing has been delivered under the new base by then.
     */
    /// How many messages a sender may have sent and not acknowledged; the same in every release of a wire version.
    static final int WINDOW = (1 << 16) - 1;
    /// One more: a message that is about to be committed overwrites the position of none that may come again.
    static final int SLOTS = WINDOW + 1;
    static final int ELEMENTS = Board.HEADER + SLOTS;

    private static final int TARGET_HIGH = 32;
    private static final int TARGET_LOW = 33;
    private static final int RECEIVER = 34;
    private static final int INCARNATION = 35;
    private static final int SOURCE_HIGH = 36;
    private static final int SOURCE_LOW = 37;
    private static final int BASE = 38;
    private static final int INDEX = 39;
    private static final int INTENT = 40;
    private static final int PLACE = 41;
    private static final int ABORTED = 42;
    private static final int KNOWN = 43;     // up to this index the positions say nothing of the source

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long RECOVERY_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long NEVER = -1;

    private final Board board;
    private long index;
    private long base;
    private long incarnation;

    /// Opens the ledger of an object; a ledger of an earlier object of the name begins anew.
    Ledger(Board board) {
        this.board = board;
        UUID id = board.local().object().objectId();
        if (board.get(TARGET_HIGH) != id.getMostSignificantBits()
                || board.get(TARGET_LOW) != id.getLeastSignificantBits()
                || board.get(RECEIVER) == 0) {
            board.set(RECEIVER, 0);      // until it is complete
            for (int element = INCARNATION; element <= KNOWN; element++) {
                board.set(element, 0);
            }
            board.set(TARGET_HIGH, id.getMostSignificantBits());
            board.set(TARGET_LOW, id.getLeastSignificantBits());
            board.set(RECEIVER, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
        }
        index = board.get(INDEX);
        base = board.get(BASE);
        incarnation = board.get(INCARNATION);
    }

    /// Finds out whether the message is there in whose delivery a predecessor died. If that cannot be known, it counts
    /// as missing, and a line tells that it may arrive twice.
    ///
    /// @param flow name of the end, for the line
    void settle(Target target, Report report, String flow) {
        if (board.get(INTENT) != index + 1) {
            return;
        }
        awaitRecovery();
        Boolean committed = target.isCommitted(board.get(PLACE), board.get(ABORTED));
        if (committed != null && committed) {
            index++;
            board.set(INDEX, index);
        } else {
            board.set(INTENT, index);
        }
        if (committed == null) {
            report.line("%s: message %,d may arrive twice: the gateway and another producer of '%s' died, and its slot"
                    + " was used again", flow, delivered() + 1, board.local().name());
        }
    }

    /// Recovery counts what it aborts, and then forgets the dead process.
    private void awaitRecovery() {
        SharedObject object = board.local().object();
        int dead = board.predecessor();
        long deadline = System.nanoTime() + RECOVERY_TIMEOUT_NANOS;
        while (dead != 0 && isEntered(object, dead)) {
            if (System.nanoTime() > deadline) {
                throw new GatewayException(("'%s': its last gateway is dead, and its claims were not given up within"
                        + " %,d s; a process that cleans up is stopped").formatted(
                        object.name(), TimeUnit.NANOSECONDS.toSeconds(RECOVERY_TIMEOUT_NANOS)));
            }
            board.local().space().sweep();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static boolean isEntered(SharedObject object, int token) {
        return object.token(OwnerToken.slot(token)) == token;
    }

    long receiver() {
        return board.get(RECEIVER);
    }

    long incarnation() {
        return incarnation;
    }

    /// Sequence of the last message delivered of the present sender.
    long delivered() {
        return index + base;
    }

    /// How many messages were delivered, over all senders.
    long index() {
        return index;
    }

    /// Where the last message lay in the object of the sender.
    ///
    /// @return -1 if none of this object was delivered, or it is not the one before the next
    long lastPosition() {
        return index > board.get(KNOWN) ? board.get(element(index)) : NEVER;
    }

    boolean isOf(long sourceHigh, long sourceLow) {
        return board.get(SOURCE_HIGH) == sourceHigh && board.get(SOURCE_LOW) == sourceLow;
    }

    /// Begins with another incarnation of the sender.
    ///
    /// @param first sequence of its first message
    void adopt(long other, long sourceHigh, long sourceLow, long first) {
        board.set(INCARNATION, 0);
        if (!isOf(sourceHigh, sourceLow)) {
            board.set(KNOWN, index);
            board.set(SOURCE_HIGH, sourceHigh);
            board.set(SOURCE_LOW, sourceLow);
        }
        CrashPoint.GATEWAY_SOURCE_NOTED.reached();
        base = first - 1 - index;
        board.set(BASE, base);
        board.set(INCARNATION, other);
        incarnation = other;
    }

    /// The positions of what was delivered of the present object, and may come again.
    LongHashSet positions() {
        LongHashSet positions = new LongHashSet();
        for (long i = Math.max(board.get(KNOWN), index - WINDOW) + 1; i <= index; i++) {
            positions.add(board.get(element(i)));
        }
        return positions;
    }

    private static int element(long ofIndex) {
        return Board.HEADER + (int) (ofIndex & (SLOTS - 1));
    }

    /// Notes what is about to be committed.
    void intend(long position, long place, long aborted) {
        board.set(element(index + 1), position);
        board.set(PLACE, place);
        board.set(ABORTED, aborted);
        board.set(INTENT, index + 1);
        CrashPoint.GATEWAY_MESSAGE_INTENDED.reached();
    }

    /// Notes a message that was committed, or dropped.
    void deliver(long position) {
        board.set(element(index + 1), position);
        index++;
        board.set(INDEX, index);
    }

    /// Notes messages that will not come, or were delivered before.
    void skip(long count) {
        base += count;
        board.set(BASE, base);
    }

    /// Notes messages that come and are not wanted: the one before the next is then none that was delivered.
    void leaveOut(long count) {
        board.set(KNOWN, index);
        skip(count);
    }
}
