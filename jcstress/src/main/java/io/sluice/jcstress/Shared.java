package io.sluice.jcstress;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import io.sluice.shm.linux.Futex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The environment of every state: zeroed memory with the lifetime of the state, owners that do not die, and real
/// futexes that detect a lost wake-up.
final class Shared implements Parking {
    /// A hundred slices of a waiter: a thread that sleeps so long on an unchanged word has lost its wake-up.
    private static final long LOST_AFTER_NANOS = 2_000_000_000L;

    /// Keeps the address valid: the state refers to it, and the collector frees the memory with the state.
    private final MemorySegment memory;
    private volatile boolean wakeUpLost;

    Shared(long bytes) {
        memory = Arena.ofAuto().allocate(bytes, 128);
    }

    long address() {
        return memory.address();
    }

    /// Whether a waiter slept on although its condition may have been true for long.
    boolean wakeUpLost() {
        return wakeUpLost;
    }

    static Liveness owner(int self) {
        return new Liveness() {
            @Override
            public int self() {
                return self;
            }

            @Override
            public void sweep() {
                // No owner dies.
            }
        };
    }

    /// Sleeps longer than `nanos`, because the end of a slice would hide a missing wake-up.
    @Override
    public void park(long address, int expected, long nanos) {
        long began = System.nanoTime();
        Futex.INSTANCE.park(address, expected, LOST_AFTER_NANOS);
        if (System.nanoTime() - began >= LOST_AFTER_NANOS && Memory.getIntVolatile(address) == expected) {
            wakeUpLost = true;
        }
    }

    @Override
    public void unpark(long address) {
        Futex.INSTANCE.unpark(address);
    }

    @Override
    public boolean unparkOne(long address) {
        return Futex.INSTANCE.unparkOne(address);
    }

    @Override
    public void heavyFence() {
        Futex.INSTANCE.heavyFence();
    }

    @Override
    public void fence() {
        Futex.INSTANCE.fence();
    }
}
