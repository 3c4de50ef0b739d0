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

/// An event in shared memory, as one process sees it: a flag that is up or down, and whose rising nobody misses.
///
/// - **Threads:** any. Nobody owns it, so a death leaves it as it is.
/// - **Ordering:** what happened before a set happens-before what follows a wait that it ended.
/// - **Allocation:** none, unless it has to wait.
public final class Signal {
    /*
     *    63                                   1   0
     *   +--------------------------------------+----+
     *   | how often the flag has gone up       | up |        changed by compare-and-set
     *   +--------------------------------------+----+
     *    8: sleepers, an EventCount 128 bytes further
     *
     * A waiter remembers the count, and is done when the flag is up or the count has moved. So it does not matter
     * whether the flag went down again before the waiter came to look.
     */
    private static final int SLEEPERS = 128;
    private static final int BYTES = 256;
    private static final long UP = 1;

    private final String name;
    private final long address;
    private final EventCount sleepers;
    private final Waiter waiter;
    private volatile boolean closed;

    /// A view of an event in zeroed, or used, memory; it is down at first.
    ///
    /// @param name what error messages call it
    /// @param address absolute, aligned to 128; [#bytes] bytes
    /// @param parking how to sleep
    /// @param liveness who lives
    /// @param strategy how long waits spin
    public Signal(String name, long address, Parking parking, Liveness liveness, WaitStrategy strategy) {
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

    private long word() {
        return Memory.getLongAcquire(address);
    }

    /// Raises the flag, and ends the waits of all that wait now.
    ///
    /// @return whether it was down
    public boolean set() {
        try {
            StackRoom.probe();
            boolean raised = false;
            for (long word = word(); (word & UP) == 0 && !raised; word = word()) {
                raised = Memory.compareAndSetLong(address, word, (word + 2) | UP);
            }
            CrashPoint.EVENT_WORD_SET.reached();
            sleepers.signal();      // also if it was up: the process that raised it may have died before its call
            checkOpen();
            return raised;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Lowers the flag.
    ///
    /// @return whether it was up
    public boolean clear() {
        try {
            StackRoom.probe();
            boolean lowered = false;
            for (long word = word(); (word & UP) != 0 && !lowered; word = word()) {
                lowered = Memory.compareAndSetLong(address, word, word & ~UP);
            }
            checkOpen();
            return lowered;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether the flag is up.
    ///
    /// @return whether
    public boolean isSet() {
        try {
            boolean set = (word() & UP) != 0;
            checkOpen();
            return set;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How often the flag has gone up.
    ///
    /// @return a count since the event was created
    public long sets() {
        try {
            long sets = word() >>> 1;
            checkOpen();
            return sets;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Waits until the flag is up, or was up at some time since the call.
    ///
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]; one in the past looks once
    /// @return whether it was; false if the deadline passed first
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public boolean await(long deadline) throws InterruptedException {
        try {
            Waiter.checkInterrupt();
            long before = word();
            boolean set = (before & UP) != 0
                    || waiter.await(() -> word() != before || closed, deadline);   // it was down: any change is a rise
            checkOpen();
            return set;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Wakes who sleeps: whoever raised the flag may have died before it did.
    ///
    /// @param address of the event
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
            throw new IllegalStateException("event '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
