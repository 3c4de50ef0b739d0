package io.sluice.core.sync;

import io.sluice.core.owner.Liveness;

/// Where each field of a barrier lives. Native byte order; offsets in bytes from the start.
///
/// ```
///      0  +-----------------------+- - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | generation, arrivals  | parties: how many make it full, 4 bytes             |  who arrives, who ends a
///         |                       | victim: process id of the last dead party, 8 bytes  |  generation; once; recovery
///    128  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | sleepers  |                                                                 |  sleepers and their wakers
///    256  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | ends of the last 64 generations, 8 bytes each                               |  who ends a generation
///    768  +-----------------------------------------------------------------------------+
///         | the last 32 generations that did not trip, in any order, 8 bytes each       |  who ends a generation
///   1024  +-----------------------------------------------------------------------------+
///         | handles of owner 0, 4 bytes | owner 1 | ... | owner 1023                    |  each owner its own, recovery
///         +-----------------------------------------------------------------------------+
/// ```
final class RendezvousLayout {
    static final int WORD = 0;
    static final int PARTIES = 8;
    static final int VICTIM = 16;
    static final int SLEEPERS = 128;
    static final int ENDS = 256;
    static final int ENDS_KEPT = 64;
    static final int BREAKS = 768;
    static final int BREAKS_KEPT = 32;
    static final int HANDLES = 1024;
    static final long BYTES = HANDLES + (Liveness.MAX_OWNER + 1L) * Integer.BYTES;

    private RendezvousLayout() {}

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
