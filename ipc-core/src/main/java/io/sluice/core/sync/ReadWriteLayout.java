package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// Where each field of a read-write lock lives. Native byte order; offsets in bytes from the start.
///
/// ```
///      0  +--------------------------------------------------------------+
///         | LockLayout: the lock of the writers, without waiters' list   |
///    256  +-----------+-----------+- - - - - - - - - - - - - - - - - - - +
///         | drained   | highest   |  sleeper of the writer that waits    |  the writer, readers
///    384  +-----------+-----------+- - - - - - - - - - - - - - - - - - - +
///         | readers of owner 0, 64 bytes | owner 1 | ... | owner 1023    |  each owner its own, recovery
///         +--------------------------------------------------------------+
/// ```
///
/// Each process counts its readers on a line of its own, so that readers of different processes do not meet.
final class ReadWriteLayout {
    static final int DRAINED = 256;
    static final int HIGHEST = 260;
    static final int READERS = 384;
    static final int READERS_BYTES = 64;
    static final long BYTES = READERS + (Liveness.MAX_OWNER + 1L) * READERS_BYTES;

    private ReadWriteLayout() {}

    static long readers(long address, int owner) {
        return address + READERS + (long) owner * READERS_BYTES;
    }
}
