package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import java.util.function.BooleanSupplier;

/// A latch in shared memory, as one process sees it: a count that goes down to zero, once.
///
/// - **Threads:** any. Nobody owns a count, so a process that dies before it counted down is missing.
/// - **Ordering:** what happened before each count down happens-before what follows a wait that ended with zero.
/// - **Allocation:** none.
public final class Countdown {
    private static final int SLEEPERS = 128;
    private static final int BYTES = 256;

    private final String name;
    private final long address;
    private final EventCount sleepers;
    private final Waiter waiter;
    private final BooleanSupplier over = this::isOver;
    private volatile boolean closed;

    /// Writes a latch into memory that nobody else sees yet.
    ///
    /// @param address absolute, aligned to 128; [#bytes] bytes of zeros
    /// @param count how often it is to be counted down, not negative
    public static void format(long address, long count) {
        Memory.putLong(address, count);
    }

    /// A view of a latch.
    ///
    /// @param name what error messages call it
    /// @param address absolute, as it is mapped in this process
    /// @param parking how to sleep
    /// @param liveness who lives
    /// @param strategy how long waits spin
    public Countdown(String name, long address, Parking parking, Liveness liveness, WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.sleepers = new EventCount(address + SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy);
    }

    /// Size of the area.
    ///
    /// @return bytes
    public static long bytes() {
        return BYTES;
    }

    /// What is left.
    ///
    /// @return the count
    public long count() {
        try {
            long count = Memory.getLongAcquire(address);
            checkOpen();
            return count;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Counts down by one, if anything is left.
    public void countDown() {
        try {
            StackRoom.probe();
            for (long count = Memory.getLongVolatile(address); count > 0; count = Memory.getLongVolatile(address)) {
                if (Memory.compareAndSetLong(address, count, count - 1)) {
                    CrashPoint.LATCH_WORD_SET.reached();
                    if (count == 1) {
                        sleepers.signal();
                    }
                    break;
                }
            }
            checkOpen();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean isOver() {
        return Memory.getLongAcquire(address) <= 0 || closed;
    }

    /// Waits until nothing is left.
    ///
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]; one in the past looks once
    /// @return whether nothing is left; false if the deadline passed first
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public boolean await(long deadline) throws InterruptedException {
        try {
            Waiter.checkInterrupt();
            boolean nothingLeft = waiter.await(over, deadline);
            checkOpen();
            return nothingLeft;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Wakes who sleeps: whoever counted down may have died before it did.
    ///
    /// @param address of the latch
    /// @param parking wakes sleepers
    public static void recover(long address, Parking parking) {
        new EventCount(address + SLEEPERS, parking).wakeAll();
    }

    /// Ends this view: those of its threads that wait are woken, and refused.
    public void close() {
        closed = true;
        sleepers.signal();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("latch '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
