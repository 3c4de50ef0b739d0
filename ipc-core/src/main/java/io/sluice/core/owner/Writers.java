package io.sluice.core.owner;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;

/// Which processes have an object open to write, so that readers can tell a pause from the end. Only those count that
/// say so; writing does not need it.
///
/// - **Threads:** any.
/// - **Death:** recovery takes the dead one's bit, and [#lost()] tells.
public final class Writers {
    /*
     * Joining sets the bit, then counts; leaving counts, then clears the bit. So a death in between never looks like
     * one in the middle of the work: the first has written nothing yet, the second has written everything.
     */
    /// Size of the bits, one for each owner, in bytes.
    public static final int BITS_BYTES = (Liveness.MAX_OWNER + 1) / Byte.SIZE;

    private final long bits;
    private final long everWord;
    private final long leftWord;
    private final int self;

    /// The writers of an object, as one of its processes sees them.
    ///
    /// @param bits address of the bits, [#BITS_BYTES] long; owners change their own, recovery those of the dead
    /// @param ever address of the number of joins
    /// @param left address of the number of leaves
    /// @param self owner slot of this process
    public Writers(long bits, long ever, long left, int self) {
        this.bits = bits;
        this.everWord = ever;
        this.leftWord = left;
        this.self = self;
    }

    /// Notes that this process writes.
    public void join() {
        try {
            if (set(self, true)) {
                Memory.getAndAddLong(everWord, 1);
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Notes that this process writes no more. It does not wake waiting consumers.
    public void leave() {
        try {
            if (isNoted(self)) {
                Memory.getAndAddLong(leftWord, 1);
                set(self, false);
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many times a process has been noted as a writer, in all the object's life.
    ///
    /// @return the number
    public long ever() {
        try {
            return Memory.getLongVolatile(everWord);
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
                long left = Memory.getLongVolatile(leftWord);
                long gone = ever - left - present();
                if (ever == ever() && left == Memory.getLongVolatile(leftWord)) {
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
            for (int i = 0; i < BITS_BYTES; i += Long.BYTES) {
                count += Long.bitCount(Memory.getLongVolatile(bits + i));
            }
            return count;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private long word(int owner) {
        return bits + (owner >>> 6) * (long) Long.BYTES;
    }

    private boolean isNoted(int owner) {
        return (Memory.getLongVolatile(word(owner)) & 1L << owner) != 0;
    }

    /// Takes the bit of a dead owner, for its recovery.
    ///
    /// @param owner slot of the dead
    public void clear(int owner) {
        set(owner, false);
    }

    private boolean set(int owner, boolean writes) {
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
