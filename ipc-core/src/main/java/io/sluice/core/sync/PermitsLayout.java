package io.sluice.core.sync;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.core.owner.Liveness;
import java.lang.foreign.StructLayout;

/// Where each field of a semaphore lives. Native byte order; offsets in bytes from the start.
///
/// ```
///      0  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | last: LastMoveWord                                                      |  any process that moves permits
///    128  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | sleepers: EventCount                                                    |  sleepers and signallers
///    256  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | account of owner 0, 64 bytes | owner 1 | ... | owner 1023               |  each owner its own, recovery
///         +-------------------------------------------------------------------------+
///
/// account 0           8           16               32               48        52     64
///         +-----------+-----------+----------------+----------------+---------+- - - -+
///         | move:     | held:     | record of the  | record of the  | waiting |       |
///         | MoveWord  | HeldWord  | even moves     | odd moves      | threads |       |
///         +-----------+-----------+----------------+----------------+---------+- - - -+
///
///  record 0           4             8      12   16
///         +-----------+-------------+------+----+
///         | available | outstanding | debt |    |     the counts after a move of that owner
///         +-----------+-------------+------+----+
/// ```
///
/// `waiting` counts the threads of the owner that wait for permits. `move` has a second writer: the process that makes
/// the next move notes in it that this move took effect, see [Ledger]. Owner 0 is no process; its account holds the
/// counts that the semaphore was created with.
final class PermitsLayout {
    static final StructLayout RECORD = structLayout(
            // Permits that are free after the move.
            // Writer: the owner, before the move takes effect.
            // Death: recovery of the owner finishes or forgets the move.
            JAVA_INT.withName("available"),
            // Permits that owners hold after the move.
            // Writer: the owner.
            // Death: as above.
            JAVA_INT.withName("outstanding"),
            // Permits that were released by a process that did not hold them, and not returned by their holder yet.
            // Writer: the owner.
            // Death: as above.
            JAVA_INT.withName("debt"),
            paddingLayout(4));

    static final StructLayout ACCOUNT = structLayout(
            // The latest move of the owner: a `MoveWord`.
            // Writer: the owner; the process that makes the next move sets its lowest bit.
            // Death: `last` of the semaphore tells whether the move took effect.
            JAVA_LONG.withName("move"),
            // Permits of the owner: a `HeldWord`.
            // Writer: the owner; its recovery.
            // Death: recovery returns the permits by a move of its own, as this owner.
            JAVA_LONG.withName("held"),
            // The counts after the latest even and the latest odd move: two records.
            // Writer: the owner.
            // Death: a record that no word refers to.
            sequenceLayout(2, RECORD).withName("records"),
            // Threads of the owner that wait for permits.
            // Writer: the owner, by an atomic addition.
            // Death: recovery sets 0.
            JAVA_INT.withName("waiting"),
            paddingLayout(12));

    static final StructLayout SEMAPHORE = structLayout(
            // The last move that took effect: a `LastMoveWord`.
            // Writer: any process that moves permits, by compare-and-set, which is the move.
            // Death: the word is the one before or the one after the move.
            JAVA_LONG.withName("last"),
            paddingLayout(120),
            // Where waiters for permits sleep: an `EventCount`.
            // Writer: sleepers and their wakers.
            // Death: recovery wakes all sleepers.
            JAVA_INT.withName("sleepers"),
            paddingLayout(124),
            // An account for each owner, by slot; number 0 holds the counts at the creation.
            // Writer: each owner its own; its recovery.
            // Death: see the account.
            sequenceLayout(Liveness.MAX_OWNER + 1L, ACCOUNT).withName("accounts"));

    static final int LAST = field(SEMAPHORE, "last");
    static final int SLEEPERS = field(SEMAPHORE, "sleepers");
    static final int ACCOUNTS = field(SEMAPHORE, "accounts");
    static final int ACCOUNT_BYTES = (int) ACCOUNT.byteSize();
    static final long BYTES = SEMAPHORE.byteSize();

    static final int MOVE = field(ACCOUNT, "move");
    static final int HELD = field(ACCOUNT, "held");
    static final int RECORDS = field(ACCOUNT, "records");
    static final int RECORD_BYTES = (int) RECORD.byteSize();
    static final int WAITING = field(ACCOUNT, "waiting");

    static final int AVAILABLE = field(RECORD, "available");
    static final int OUTSTANDING = field(RECORD, "outstanding");
    static final int DEBT = field(RECORD, "debt");

    private PermitsLayout() {}

    private static int field(StructLayout layout, String name) {
        return (int) layout.byteOffset(groupElement(name));
    }

    static long account(long address, int owner) {
        return address + ACCOUNTS + (long) owner * ACCOUNT_BYTES;
    }

    static long record(long address, int owner, long move) {
        return account(address, owner) + RECORDS + (move & 1) * RECORD_BYTES;
    }
}
