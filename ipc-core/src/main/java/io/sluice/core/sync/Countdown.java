package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import java.util.function.BooleanSupplier;

/// One process's view of a latch in shared memory: a count that goes down to zero, once.
///
/// - **Threads:** any. A count has no owner, so the count of a process that dies before it counted down stays missing.
/// - **Ordering:** what happened before each count down happens-before what follows a wait that ended with zero.
/// - **Allocation:** none.
public final class Countdown {
    /*
     *      0  +-----------+- - - - - - - - - - - - - - - - - - - - +
     *         | count, 8 bytes                                      |  processes that count down, by compare-and-set
     *    128  +-----------+- - - - - - - - - - - - - - - - - - - - +
     *         | sleepers: EventCount                                |  sleepers and signallers
     *    256  +- - - - - - - - - - - - - - - - - - - - - - - - - - -+
     *
     * A death before the compare-and-set leaves the count as it was; a death after it may leave sleepers at zero, which
     * recovery wakes.
     */
    private static final int SLEEPERS = 128;
    private static final int BYTES = 256;

    private final String name;
    private final long address;
    private final EventCount sleepers;
    private final Waiter waiter;
    private final BooleanSupplier over = this::isOver;
    private volatile boolean closed;

    /// Writes a latch into memory that no other thread sees yet.
    ///
    /// @param address absolute, aligned to 128; [#bytes] bytes of zeros
    /// @param count how many calls of [#countDown] open it, not negative
    public static void format(long address, long count) {
        Memory.putLong(address, count);
    }

    /// A view of a latch.
    ///
    /// @param name what error messages call it
    /// @param address absolute, as it is mapped in this process
    /// @param parking how to sleep
    /// @param liveness which owners are alive
    /// @param strategy how long waits spin
    public Countdown(String name, long address, Parking parking, Liveness liveness, WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.sleepers = new EventCount(address + SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy, Wait.LATCH);
    }

    /// Size of the area.
    ///
    /// @return bytes
    public static long bytes() {
        return BYTES;
    }

    /// How much is left to count down.
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

    /// How much is left to count down, for an observer, which only reads.
    ///
    /// @param address of the latch
    /// @return the count
    public static long count(long address) {
        return Memory.getLongAcquire(address);
    }

    /// Wakes the sleepers: the process that counted down may have died before its call.
    ///
    /// @param address of the latch
    /// @param parking wakes sleepers
    public static void recover(long address, Parking parking) {
        new EventCount(address + SLEEPERS, parking).wakeAll();
    }

    /// Ends this view: its waiting threads are woken and get an exception.
    public void close() {
        closed = true;
        sleepers.signal();
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("latch '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
