package io.sluice.core.ring;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;

/// Which processes have a ring open to write, so that readers can tell a pause from the end. Only those count that say
/// so; writing does not need it.
///
/// - **Threads:** any.
/// - **Death:** recovery takes the dead one's bit, and [#lost()] tells.
///
/// @hidden
public final class Writers {
    /*
     * Joining sets the bit, then counts; leaving counts, then clears the bit. So a death in between never looks like
     * one in the middle of the work: the first has written nothing yet, the second has written everything.
     */
    private final long address;
    private final int self;

    Writers(long ring, int self) {
        this.address = ring;
        this.self = self;
    }

    /// Notes that this process writes into the ring.
    public void join() {
        try {
            if (set(self, true)) {
                Memory.getAndAddLong(address + RingLayout.WRITERS_EVER, 1);
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Notes that this process writes no more. It does not wake waiting consumers.
    public void leave() {
        try {
            if (isNoted(self)) {
                Memory.getAndAddLong(address + RingLayout.WRITERS_LEFT, 1);
                set(self, false);
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many times a process has been noted as a writer, in all the ring's life.
    ///
    /// @return the number
    public long ever() {
        try {
            return Memory.getLongVolatile(address + RingLayout.WRITERS_EVER);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many writers have gone without [#leave()]: they died, or closed their handle in the middle.
    ///
    /// @return the number; those that died count once they are swept
    public long lost() {
        try {
            for (;;) {
                long ever = ever();
                long left = Memory.getLongVolatile(address + RingLayout.WRITERS_LEFT);
                long gone = ever - left - present();
                if (ever == ever() && left == Memory.getLongVolatile(address + RingLayout.WRITERS_LEFT)) {
                    return Math.max(0, gone);    // below zero while a writer is between its bit and its count
                }
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many processes have it open to write.
    ///
    /// @return the number, the dead included until they are swept
    public int present() {
        try {
            int count = 0;
            for (int i = 0; i < RingLayout.WRITERS_BYTES; i += Long.BYTES) {
                count += Long.bitCount(Memory.getLongVolatile(address + RingLayout.WRITERS + i));
            }
            return count;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private long word(int owner) {
        return address + RingLayout.WRITERS + (owner >>> 6) * (long) Long.BYTES;
    }

    private boolean isNoted(int owner) {
        return (Memory.getLongVolatile(word(owner)) & 1L << owner) != 0;
    }

    boolean set(int owner, boolean writes) {
        long word = word(owner);
        long bit = 1L << owner;
        for (;;) {
            long seen = Memory.getLongVolatile(word);
            if (((seen & bit) != 0) == writes) {
                return false;
            }
            if (Memory.compareAndSetLong(word, seen, seen ^ bit)) {
                return true;
            }
        }
    }
}
