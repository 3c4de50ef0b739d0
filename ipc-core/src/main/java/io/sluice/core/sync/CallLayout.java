package io.sluice.core.sync;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.StructLayout;

/// Where each field of the cells of a service lives. Native byte order; offsets in bytes from the start.
///
/// ```
///         0           8           12        16
///      0  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | free: EventCount of the callers that wait for a cell                   |  sleepers and their wakers
///    128  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | cell 0 | cell 1 | ... , each as long as the answers need               |
///         +------------------------------------------------------------------------+
///
///   cell  0           8           12        16
///      0  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | claim: CallClaimWord                                                   |  clients, recovery
///    128  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | lease: CallLeaseWord                                                   |  servers; the client that drops
///    256  +-----------+-----------+---------+- - - - - - - - - - - - - - - - - - - +    its call; recovery
///         | answer:   | answered: | length  | payload of the answer, on to the end  |  the holder of the lease,
///         | CallAnswer| EventCount|         | of the cell                           |    recovery for it;
///         | Word      |           |         |                                       |    `answered`: sleeper, wakers
///         +-----------+-----------+---------+- - - - - - - - - - - - - - - - - - - +
/// ```
///
/// Fields with different writers stand 128 bytes apart, since adjacent lines are prefetched in pairs. The client of a
/// call reads the answer's line alone, which changes once per call; the word of the lease stays in the cache of the
/// server.
final class CallLayout {
    static final StructLayout HEADER = structLayout(
            // Where callers wait for a cell: an `EventCount`.
            // Writer: sleepers and their wakers.
            // Death: recovery wakes all sleepers.
            JAVA_INT.withName("free"),
            paddingLayout(124));

    static final StructLayout CELL = structLayout(
            // Whose the cell is: a `CallClaimWord`.
            // Writer: clients and recovery, by compare-and-set.
            // Death: recovery frees the cell, or abandons it if a server answers the call.
            JAVA_LONG.withName("claim"),
            paddingLayout(120),
            // Who answers the call: a `CallLeaseWord`.
            // Writer: servers, and the client that drops its call, by compare-and-set; recovery.
            // Death: recovery ends the call of a dead server: it is offered again, or fails.
            JAVA_LONG.withName("lease"),
            paddingLayout(120),
            // How the call ended: a `CallAnswerWord`.
            // Writer: the holder of the lease, by a release store after length and payload; recovery for it.
            // Death: the word of an earlier call.
            JAVA_LONG.withName("answer"),
            // Where the client waits for its answer: an `EventCount`.
            // Writer: the sleeper and its wakers.
            // Death: recovery wakes it.
            JAVA_INT.withName("answered"),
            // Bytes of the answer; its payload follows.
            // Writer: the holder of the lease.
            // Death: not read before `answer` says so.
            JAVA_INT.withName("length"));

    static final int FREE = offset(HEADER, "free");
    static final int CELLS = (int) HEADER.byteSize();

    static final int CLAIM = offset(CELL, "claim");
    static final int LEASE = offset(CELL, "lease");
    static final int ANSWER = offset(CELL, "answer");
    static final int ANSWERED = offset(CELL, "answered");
    static final int LENGTH = offset(CELL, "length");
    static final int PAYLOAD = (int) CELL.byteSize();
    /// What the words beside an answer take in its line.
    static final int ANSWER_HEADER = PAYLOAD - ANSWER;

    private static final int PAIR_OF_LINES = 128;

    private CallLayout() {}

    private static int offset(StructLayout layout, String name) {
        return (int) layout.byteOffset(groupElement(name));
    }

    /// Where a cell begins.
    ///
    /// @param address of the cells
    static long cell(long address, int cell, long stride) {
        return address + CELLS + cell * stride;
    }

    /// Bytes from one cell to the next.
    static long stride(int answerBytes) {
        return (PAYLOAD + (long) answerBytes + PAIR_OF_LINES - 1) / PAIR_OF_LINES * PAIR_OF_LINES;
    }
}
