package io.sluice.core.sync;

import io.sluice.core.memory.Memory;

/// What an observer sees of a barrier: reads alone, so its memory may be mapped read-only.
///
/// - **Threads:** any. **Blocking:** never.
public final class BarrierLook {
    private final long address;
    private final long word;

    /// Looks at a barrier.
    ///
    /// @param address as it is mapped in this process
    public BarrierLook(long address) {
        this.address = address;
        this.word = Memory.getLongAcquire(address + RendezvousLayout.WORD);
    }

    /// Which generation goes on.
    ///
    /// @return 1 and up
    public long generation() {
        return RendezvousWord.generation(word);
    }

    /// How many parties have arrived in it.
    ///
    /// @return the number
    public int arrivals() {
        return RendezvousWord.arrivals(word);
    }

    /// Whether it is broken.
    ///
    /// @return whether a reset is needed
    public boolean isBroken() {
        return RendezvousWord.isBroken(word);
    }

    /// How many parties a process has, one for each open handle.
    ///
    /// @param owner its slot
    /// @return the number
    public int parties(int owner) {
        return Memory.getIntAcquire(RendezvousLayout.handles(address, owner));
    }
}
