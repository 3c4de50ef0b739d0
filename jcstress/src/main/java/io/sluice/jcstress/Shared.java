package io.sluice.jcstress;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import io.sluice.shm.linux.Futex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What every state has: zeroed memory that goes with it, owners that never die, and real futexes that do not let a
/// lost wake-up pass.
final class Shared implements Parking {
    /// A hundred slices of a waiter: what sleeps so long on an unchanged word was forgotten.
    private static final long FORGOTTEN_NANOS = 2_000_000_000L;

    /// An address stays valid as long as this does; the state holds it, and the collector gives the memory back.
    private final MemorySegment memory;
    private volatile boolean forgotten;

    Shared(long bytes) {
        memory = Arena.ofAuto().allocate(bytes, 128);
    }

    long address() {
        return memory.address();
    }

    /// Whether somebody slept on although what he waited for may long have been so.
    boolean forgotten() {
        return forgotten;
    }

    static Liveness owner(int self) {
        return new Liveness() {
            @Override
            public int self() {
                return self;
            }

            @Override
            public void sweep() {
                // Nobody dies here.
            }
        };
    }

    /// Sleeps longer than it is told, because the end of a slice would hide that nobody called.
    @Override
    public void park(long address, int expected, long nanos) {
        long began = System.nanoTime();
        Futex.INSTANCE.park(address, expected, FORGOTTEN_NANOS);
        if (System.nanoTime() - began >= FORGOTTEN_NANOS && Memory.getIntVolatile(address) == expected) {
            forgotten = true;
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
