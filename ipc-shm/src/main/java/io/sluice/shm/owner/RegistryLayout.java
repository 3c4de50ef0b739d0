package io.sluice.shm.owner;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.StructLayout;

/// Where each field of a registry lives: a region whose body is an array of these, one for each slot, number 0 unused.
/// Native byte order; offsets in bytes from the start of the slot.
///
/// ```
///        0      8          12             16    24            32           40
///     0  +------+----------+--------------+-----+-------------+------------+---------------------+
///        | life | reserved | commandBytes | pid | startMillis | joinMillis | command: 216 bytes  |
///   256  +------+----------+--------------+-----+-------------+------------+---------------------+
/// ```
///
/// `life` is `generation << 1 | taken`: how many processes have had the slot, and whether the last of them may have
/// left something in an object. The process that gets the slot changes it from free to taken. That process changes it
/// back when it leaves; after its death any process does so, by compare-and-set, that has found that nothing is left.
/// The process that gets the slot writes all other fields; they are for display.
final class RegistryLayout {
    /// Number that stands for the registry where other regions have their kind.
    static final int KIND = 0x0052_4547;
    static final int COMMAND_BYTES = 216;

    static final StructLayout SLOT = structLayout(
            // `generation << 1 | taken`: how many processes have had the slot, and whether the last one may have left
            // something.
            // Writer: the process that gets the slot, from free to taken, after its other fields; that process, back
            // to free when it leaves; after its death any process that has found nothing left, by compare-and-set.
            // Death: taken, while the byte of the slot in `.alive` is not locked: the process is dead.
            JAVA_LONG.withName("life"),
            // 0.
            // Writer: no process.
            JAVA_INT.withName("reserved"),
            // Length of `command`.
            // Writer: the process that gets the slot.
            // Death: for display.
            JAVA_INT.withName("commandBytes"),
            // Process id, in its own namespace.
            // Writer: the process that gets the slot.
            // Death: for display.
            JAVA_LONG.withName("pid"),
            // When the process was started, milliseconds since 1970.
            // Writer: the process that gets the slot.
            // Death: for display.
            JAVA_LONG.withName("startMillis"),
            // When it joined, milliseconds since 1970.
            // Writer: the process that gets the slot.
            // Death: for display.
            JAVA_LONG.withName("joinMillis"),
            // Its command, UTF-8, cut at the end.
            // Writer: the process that gets the slot.
            // Death: for display.
            sequenceLayout(COMMAND_BYTES, JAVA_BYTE).withName("command"));

    static final int BYTES = (int) SLOT.byteSize();
    static final int LIFE = field("life");
    static final int COMMAND_LENGTH = field("commandBytes");
    static final int PID = field("pid");
    static final int START = field("startMillis");
    static final int JOINED = field("joinMillis");
    static final int COMMAND = field("command");

    private RegistryLayout() {}

    static long generation(long life) {
        return life >>> 1;
    }

    static boolean isTaken(long life) {
        return (life & 1) != 0;
    }

    static long taken(long generation) {
        return generation << 1 | 1;
    }

    static long free(long generation) {
        return generation << 1;
    }

    private static int field(String name) {
        return (int) SLOT.byteOffset(groupElement(name));
    }
}
