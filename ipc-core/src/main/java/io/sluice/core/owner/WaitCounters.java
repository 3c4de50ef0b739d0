package io.sluice.core.owner;

import io.sluice.core.memory.Memory;

/// What the slow paths of one object count, for all its users together: waits, and recoveries. Native byte order;
/// offsets in bytes from the start of the area, which is zero when the object is made.
///
/// ```
///        0              8              16           24
///     0  +--------------+- - - - - - - - - - - - - - - - - - - - - -+
///        | recoveries   |                                           |   cleaners
///   128  +--------------+--------------+------------+---------------+- - - +
///        | waits        | blockedNanos | wakeUps    | lastNanos     |      |   waiters for room
///   256  +--------------+--------------+------------+---------------+- - - +
///        | the same for each of the other reasons to wait                  |   waiters
///   896  +-----------------------------------------------------------------+
/// ```
///
/// A wait is counted when its first short spin is over, so a message or a lock that is there costs nothing.
///
/// - **Threads:** any, in any process. **Blocking:** never. **Allocation:** none.
/// - **Death:** each word is changed by an addition, or by the store of a time, in one instruction, and nothing depends
///   on them. What a dead process has counted stays counted. Of a wait that its death ended, the time since its last
///   wake-up is missing.
public final class WaitCounters {
    /// How often a process finished what a dead one had begun in the object.
    /// Writer: cleaners, by an atomic addition.
    /// Death: one too many, if a cleaner dies at the end of its work.
    /// Bytes: 8.
    static final int RECOVERIES = 0;
    /// The blocks of waits, 128 bytes each: for room, for messages, for locks, for readers, for conditions, for all
    /// else.
    /// Writer: waiters, see the block.
    /// Death: see the block.
    /// Bytes: 768.
    static final int FIRST_BLOCK = 128;

    /// How many waits outlasted their first short spin.
    /// Writer: waiters, by an atomic addition, when such a wait begins.
    /// Death: stays.
    /// Bytes: 8.
    static final int WAITS = 0;
    /// How long threads have waited, in nanoseconds, all together.
    /// Writer: waiters, by an atomic addition, after each sleep and at the end of the wait.
    /// Death: the time since the last wake-up is missing.
    /// Bytes: 8.
    static final int BLOCKED_NANOS = 8;
    /// How often a thread slept in the kernel and was awake again: by a signal, or to look after a second at most.
    /// Writer: waiters, by an atomic addition.
    /// Death: stays.
    /// Bytes: 8.
    static final int WAKE_UPS = 16;
    /// When a waiter last found nothing, on the machine's monotonic clock, in nanoseconds; 0 if none ever did.
    /// Writer: waiters, when a wait begins, and after a sleep.
    /// Death: stays.
    /// Bytes: 8.
    static final int LAST_NANOS = 24;

    private static final int BLOCK_BYTES = 128;

    /// Size of the area.
    public static final int BYTES = 7 * BLOCK_BYTES;

    /// No block: the wait is not counted.
    public static final int NONE = 0;
    /// Waits for space in a ring.
    public static final int ROOM = 1;
    /// Waits for a message in a ring.
    public static final int MESSAGE = 2;
    /// Waits for a lock.
    public static final int LOCK = 3;
    /// Waits of a writer for the end of the readers.
    public static final int READERS = 4;
    /// Waits for the signal of a condition.
    public static final int CONDITION = 5;
    /// Waits for what else an object has to wait for: permits, an event, the end of a count, parties, the writer of a
    /// value, an answer.
    public static final int OTHER = 6;

    private WaitCounters() {}

    /// The block of a reason to wait.
    ///
    /// @param area absolute address of the counters; 0 if the object has none
    /// @param reason one of the constants
    /// @return its absolute address; 0 if nothing is to be counted
    public static long block(long area, int reason) {
        return area == 0 || reason == NONE ? 0 : area + FIRST_BLOCK + (reason - 1L) * BLOCK_BYTES;
    }

    /// Counts a wait whose first short spin is over.
    ///
    /// @param block of [#block]
    /// @param now of [System#nanoTime()]
    public static void begun(long block, long now) {
        if (block != 0) {
            Memory.getAndAddLong(block + WAITS, 1);
            Memory.putLongOpaque(block + LAST_NANOS, now);   // of two waits at a time any one may be the last
        }
    }

    /// Counts time that a thread has waited.
    ///
    /// @param block of [#block]
    /// @param nanos how long
    public static void blocked(long block, long nanos) {
        if (block != 0) {
            Memory.getAndAddLong(block + BLOCKED_NANOS, nanos);
        }
    }

    /// Counts the end of a sleep.
    ///
    /// @param block of [#block]
    public static void wokenUp(long block) {
        if (block != 0) {
            Memory.getAndAddLong(block + WAKE_UPS, 1);
        }
    }

    /// Notes that a waiter has found nothing after a sleep.
    ///
    /// @param block of [#block]
    /// @param now of [System#nanoTime()]
    public static void foundNothing(long block, long now) {
        if (block != 0) {
            Memory.putLongOpaque(block + LAST_NANOS, now);   // as above
        }
    }

    /// Counts a recovery after the death of a process.
    ///
    /// @param area absolute address of the counters
    public static void recovered(long area) {
        Memory.getAndAddLong(area + RECOVERIES, 1);
    }

    // For observers.

    /// How often a process finished what a dead one had begun.
    ///
    /// @param area absolute address of the counters
    /// @return a count since the object was made
    public static long recoveries(long area) {
        return Memory.getLongOpaque(area + RECOVERIES);
    }

    /// How many waits outlasted their first short spin.
    ///
    /// @param block of [#block]
    /// @return a count since the object was made
    public static long waits(long block) {
        return Memory.getLongOpaque(block + WAITS);
    }

    /// How long threads have waited.
    ///
    /// @param block of [#block]
    /// @return nanoseconds, of all threads together
    public static long blockedNanos(long block) {
        return Memory.getLongOpaque(block + BLOCKED_NANOS);
    }

    /// How often a thread slept in the kernel and was awake again.
    ///
    /// @param block of [#block]
    /// @return a count since the object was made
    public static long wakeUps(long block) {
        return Memory.getLongOpaque(block + WAKE_UPS);
    }

    /// When a waiter last found nothing.
    ///
    /// @param block of [#block]
    /// @return a time of [System#nanoTime()]; 0 if none ever did
    public static long lastNanos(long block) {
        return Memory.getLongOpaque(block + LAST_NANOS);
    }
}
