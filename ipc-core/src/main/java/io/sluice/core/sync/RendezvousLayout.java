package io.sluice.core.sync;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.core.owner.Liveness;
import java.lang.foreign.StructLayout;

/// Where each field of a barrier lives. Native byte order; offsets in bytes from the start.
///
/// ```
///         0                 8          12         16        24
///      0  +-----------------+----------+----------+---------+- - - - - - - - - - - - - - - - -+
///         | word:           | parties  |          | victim: |                                 |
///         | RendezvousWord  |          |          | Victim  |                                 |
///         | parties,        | creator  |          | reco-   |                                 |
///         | recovery        |          |          | very    |                                 |
///    128  +-----------------+----------+----------+---------+- - - - - - - - - - - - - - - - -+
///         | sleepers: EventCount                                                              |  sleepers, signallers
///    256  +- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | ends of the last 64 generations: GenerationEnd, 8 bytes each                      |  the ending party,
///    768  +-----------------------------------------------------------------------------------+  recovery
///         | breaks: the last 32 generations that did not trip, in any order, 8 bytes each     |  as above
///   1024  +-----------------------------------------------------------------------------------+
///         | handles of owner 0, 4 bytes | owner 1 | ... | owner 1023                          |  each owner its own,
///         +-----------------------------------------------------------------------------------+  recovery
/// ```
final class RendezvousLayout {
    static final int ENDS_KEPT = 64;
    static final int BREAKS_KEPT = 32;

    static final StructLayout BARRIER = structLayout(
            // Which generation goes on, and how many have arrived: a `RendezvousWord`.
            // Writer: parties and recovery, by compare-and-set.
            // Death: recovery breaks the generation in which a dead party may have been.
            JAVA_LONG.withName("word"),
            // How many parties make a generation complete.
            // Writer: the creator, before publication.
            JAVA_INT.withName("parties"),
            paddingLayout(4),
            // Process id of the last dead party: a `Victim`.
            // Writer: recovery.
            // Death: the next recovery writes it again.
            JAVA_LONG.withName("victim"),
            paddingLayout(104),
            // Where parties sleep: an `EventCount`.
            // Writer: sleepers and their wakers.
            // Death: recovery wakes all sleepers.
            JAVA_INT.withName("sleepers"),
            paddingLayout(124),
            // How the last 64 generations ended: a `GenerationEnd` each, that of generation `g` in place `g mod 64`.
            // Writer: the party that ends it, and recovery, by compare-and-set.
            // Death: recovery writes it.
            sequenceLayout(ENDS_KEPT, JAVA_LONG).withName("ends"),
            // The last 32 generations that did not trip, in any order: a `GenerationEnd` each.
            // Writer: as above.
            // Death: as above.
            sequenceLayout(BREAKS_KEPT, JAVA_LONG).withName("breaks"),
            // How many handles each owner has open, by slot.
            // Writer: each owner its own; its recovery.
            // Death: recovery sets 0.
            sequenceLayout(Liveness.MAX_OWNER + 1L, JAVA_INT).withName("handles"));

    static final int WORD = field("word");
    static final int PARTIES = field("parties");
    static final int VICTIM = field("victim");
    static final int SLEEPERS = field("sleepers");
    static final int ENDS = field("ends");
    static final int BREAKS = field("breaks");
    static final int HANDLES = field("handles");
    static final long BYTES = BARRIER.byteSize();

    private RendezvousLayout() {}

    private static int field(String name) {
        return (int) BARRIER.byteOffset(groupElement(name));
    }

    static long end(long address, long generation) {
        return address + ENDS + (generation & (ENDS_KEPT - 1)) * Long.BYTES;
    }

    static long broken(long address, int index) {
        return address + BREAKS + (long) index * Long.BYTES;
    }

    static long handles(long address, int owner) {
        return address + HANDLES + (long) owner * Integer.BYTES;
    }
}
