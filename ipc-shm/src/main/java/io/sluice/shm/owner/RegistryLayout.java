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
///        0            8       12             16    24            32           40
///     0  +------------+-------+--------------+-----+-------------+------------+---------------------+
///        | generation | state | commandBytes | pid | startMillis | joinMillis | command: 216 bytes  |
///   256  +------------+-------+--------------+-----+-------------+------------+---------------------+
/// ```
///
/// The only writer of a slot is who holds the lock on its byte: its owner, or its cleaner. Everything from `pid` on is
/// for people.
final class RegistryLayout {
    /// Number that stands for the registry where other regions have their kind.
    static final int KIND = 0x0052_4547;
    static final int COMMAND_BYTES = 216;

    static final int FREE = 0;
    static final int JOINING = 1;
    static final int LIVE = 2;
    static final int RECOVERING = 3;

    static final StructLayout SLOT = structLayout(
            JAVA_LONG.withName("generation"),
            JAVA_INT.withName("state"),
            JAVA_INT.withName("commandBytes"),
            JAVA_LONG.withName("pid"),
            JAVA_LONG.withName("startMillis"),
            JAVA_LONG.withName("joinMillis"),
            sequenceLayout(COMMAND_BYTES, JAVA_BYTE).withName("command"));

    static final int BYTES = (int) SLOT.byteSize();
    static final int GENERATION = field("generation");
    static final int STATE = field("state");
    static final int COMMAND_LENGTH = field("commandBytes");
    static final int PID = field("pid");
    static final int START = field("startMillis");
    static final int JOINED = field("joinMillis");
    static final int COMMAND = field("command");

    private RegistryLayout() {}

    private static int field(String name) {
        return (int) SLOT.byteOffset(groupElement(name));
    }
}
