package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// Where each field of a semaphore lives. Native byte order; offsets in bytes from the start.
///
/// ```
///      0  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | last move: number of the move << 10 | owner that made it                |  whoever moves permits
///    128  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | sleepers  |                                                             |  sleepers and their wakers
///    256  +-----------+------+------+-----------------+-----------------+- - - - - -+
///         | move      | now  | then | record, even    | record, odd     | waiting | |  account of owner 0
///    320  +-----------+------+------+-----------------+-----------------+- - - - - -+
///         | account of owner 1 ... 1023                                             |  each owner its own, its
///         +-------------------------------------------------------------------------+  cleaner; see Permits
///
///  record 0           4             8      12
///         +-----------+-------------+------+----+
///         | available | outstanding | debt |    |     the counts after a move of that owner
///         +-----------+-------------+------+----+
/// ```
///
/// Waiting is how many threads of the owner wait for permits. Owner 0 is no process; its account holds the counts that
/// the semaphore was created with.
final class PermitsLayout {
    static final int LAST = 0;
    static final int SLEEPERS = 128;
    static final int ACCOUNTS = 256;
    static final int ACCOUNT_BYTES = 64;
    static final long BYTES = ACCOUNTS + (Liveness.MAX_OWNER + 1L) * ACCOUNT_BYTES;

    static final int MOVE = 0;
    static final int HELD = 8;
    static final int RECORDS = 16;
    static final int RECORD_BYTES = 16;
    static final int WAITING = 48;

    static final int AVAILABLE = 0;
    static final int OUTSTANDING = 4;
    static final int DEBT = 8;

    private PermitsLayout() {}

    static long account(long address, int owner) {
        return address + ACCOUNTS + (long) owner * ACCOUNT_BYTES;
    }

    static long record(long address, int owner, long move) {
        return account(address, owner) + RECORDS + (move & 1) * RECORD_BYTES;
    }
}
