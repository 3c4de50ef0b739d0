package io.sluice.core.sync;

import io.sluice.core.memory.Memory;

/// What an observer sees of the calls of a service: reads alone, so its memory may be mapped read-only.
///
/// - **Threads:** any. **Blocking:** never.
/// - **Consistency:** each cell is of some moment during the look.
public final class CallsLook {
    private final long address;
    private final int cells;
    private final long stride;

    /// Looks at the cells of a service.
    ///
    /// @param address as they are mapped in this process
    /// @param cells how many
    /// @param answerBytes longest answer in a cell
    public CallsLook(long address, int cells, int answerBytes) {
        this.address = address;
        this.cells = cells;
        this.stride = CallLayout.stride(answerBytes);
    }

    /// Receives the open calls.
    @FunctionalInterface
    public interface Visitor {
        /// One open call.
        ///
        /// @param client slot of its client; 0 if the client has left
        /// @param server slot of the process that answers it; 0 if none has it yet
        void visit(int client, int server);
    }

    /// Visits the open calls.
    ///
    /// @param visitor gets each of them
    public void visit(Visitor visitor) {
        for (int cell = 0; cell < cells; cell++) {
            long at = CallLayout.cell(address, cell, stride);
            long claim = Memory.getLongAcquire(at + CallLayout.CLAIM);
            if (CallClaimWord.state(claim) == CallClaimWord.FREE) {
                continue;
            }
            long lease = Memory.getLongAcquire(at + CallLayout.LEASE);
            long answer = Memory.getLongAcquire(at + CallLayout.ANSWER);
            boolean leased = CallLeaseWord.call(lease) > CallAnswerWord.call(answer);
            boolean left = CallClaimWord.state(claim) == CallClaimWord.ABANDONED;
            visitor.visit(left ? 0 : CallClaimWord.client(claim), leased ? CallLeaseWord.owner(lease) : 0);
        }
    }
}
