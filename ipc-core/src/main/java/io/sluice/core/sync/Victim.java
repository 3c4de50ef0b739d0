package io.sluice.core.sync;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;

/// The word that keeps the process id of the last owner that died in an object, for error messages.
///
/// ```
///    63             10 9      0
///    +----------------+--------+
///    | process id     | owner  |      0: no owner died yet
///    +----------------+--------+
/// ```
///
/// The word that names the dead owner stands elsewhere and is a separate read. So the owner stands here too, and only a
/// reader that asks for the same owner gets the process id: one death is never paired with the process of another.
final class Victim {
    private static final int PID_SHIFT = 10;

    private Victim() {}

    static void put(long at, int owner, long pid) {
        Memory.putLongOpaque(at, pid << PID_SHIFT | owner);
    }

    /// The process id of the last victim.
    ///
    /// @param owner that died
    /// @return its process id; 0 if it is not known, or another owner has died since
    static long pid(long at, int owner) {
        long victim = Memory.getLongOpaque(at);
        return (victim & Liveness.MAX_OWNER) == owner ? victim >>> PID_SHIFT : 0;
    }
}
