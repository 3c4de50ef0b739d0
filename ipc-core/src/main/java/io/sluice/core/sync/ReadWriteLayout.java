package io.sluice.core.sync;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.core.owner.Liveness;
import java.lang.foreign.StructLayout;

/// Where each field of a read-write lock lives. Native byte order; offsets in bytes from the start.
///
/// ```
///         0           4           8
///      0  +--------------------------------------------------------------+
///         | writers: LockLayout, without entries                         |  see there
///    256  +-----------+-----------+- - - - - - - - - - - - - - - - - - - +
///         | drained   | highest   |                                      |  drained: the waiting writer and readers
///         |           |           |                                      |  highest: each process that opens the lock
///    384  +-----------+-----------+- - - - - - - - - - - - - - - - - - - +
///         | readers of owner 0, 64 bytes | owner 1 | ... | owner 1023    |  each owner its own, recovery
///         +--------------------------------------------------------------+
///
/// readers 0           4          64
///         +-----------+- - - - - +
///         | count     |          |
///         +-----------+- - - - - +
/// ```
///
/// `drained` is the EventCount of the writer that waits for readers; `highest` is the largest owner that ever opened
/// the lock. Each process counts its readers on a line of its own, so readers of different processes share no line.
final class ReadWriteLayout {
    static final StructLayout READERS_OF_OWNER = structLayout(
            // How many threads of the owner read.
            // Writer: the owner, by an atomic addition.
            // Death: recovery sets 0.
            JAVA_INT.withName("count"),
            paddingLayout(60));

    static final StructLayout LOCK = structLayout(
            // The lock of the writers, without entries for conditions.
            // Writer: as in a lock.
            // Death: as in a lock.
            LockLayout.LOCK.withName("writers"),
            // Where a writer waits for readers: an `EventCount`.
            // Writer: the waiting writer and readers.
            // Death: recovery wakes it.
            JAVA_INT.withName("drained"),
            // The largest owner that ever opened the lock; it only grows.
            // Writer: each process that opens the lock.
            // Death: a number that may be too large.
            JAVA_INT.withName("highest"),
            paddingLayout(120),
            // How many readers each owner has, by slot.
            // Writer: each owner its own; its recovery.
            // Death: see the owner.
            sequenceLayout(Liveness.MAX_OWNER + 1L, READERS_OF_OWNER).withName("readers"));

    static final int DRAINED = field("drained");
    static final int HIGHEST = field("highest");
    static final int READERS = field("readers");
    static final int READERS_BYTES = (int) READERS_OF_OWNER.byteSize();
    static final long BYTES = LOCK.byteSize();

    private ReadWriteLayout() {}

    private static int field(String name) {
        return (int) LOCK.byteOffset(groupElement(name));
    }

    static long readers(long address, int owner) {
        return address + READERS + (long) owner * READERS_BYTES;
    }
}
