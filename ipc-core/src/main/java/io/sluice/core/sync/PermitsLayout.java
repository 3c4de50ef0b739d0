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
            JAVA_INT.withName("available"),
            JAVA_INT.withName("outstanding"),
            JAVA_INT.withName("debt"),
            paddingLayout(4));

    static final StructLayout ACCOUNT = structLayout(
            JAVA_LONG.withName("move"),
            JAVA_LONG.withName("held"),
            sequenceLayout(2, RECORD).withName("records"),
            JAVA_INT.withName("waiting"),
            paddingLayout(12));

    static final StructLayout SEMAPHORE = structLayout(
            JAVA_LONG.withName("last"),
            paddingLayout(120),
            JAVA_INT.withName("sleepers"),
            paddingLayout(124),
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
