package io.sluice.core.sync;

import io.sluice.core.memory.Memory;

/// What an observer sees of a semaphore: reads alone, so its memory may be mapped read-only.
///
/// - **Threads:** any. **Blocking:** never.
/// - **Consistency:** the counts of available and acquired permits are each of some moment during the look.
public final class PermitsLook {
    private final long address;
    private final Ledger ledger;

    /// Looks at a semaphore.
    ///
    /// @param address as it is mapped in this process
    public PermitsLook(long address) {
        this.address = address;
        this.ledger = new Ledger(address, Integer.MAX_VALUE, true);
    }

    /// How many permits can be acquired.
    ///
    /// @return the number; negative if the semaphore was reduced by more than there were
    public int available() {
        return ledger.available();
    }

    /// How many permits are acquired and not released.
    ///
    /// @return the number; 0 if permits do not belong to processes
    public int outstanding() {
        return ledger.outstanding();
    }

    /// How many permits a process holds, by its account.
    ///
    /// @param owner its slot
    /// @return the number
    public int held(int owner) {
        return ledger.held(owner);
    }

    /// How many threads of a process wait for permits.
    ///
    /// @param owner its slot
    /// @return the number
    public int waiting(int owner) {
        return Memory.getIntAcquire(PermitsLayout.account(address, owner) + PermitsLayout.WAITING);
    }
}
