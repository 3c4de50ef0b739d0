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

/// One process's view of an event in shared memory: a flag that is up or down, and whose rise no waiter misses.
///
/// - **Threads:** any. It has no owner, so a death leaves it as it is.
/// - **Ordering:** what happened before a set happens-before what follows a wait that it ended.
/// - **Allocation:** none, unless it has to wait.
public final class Signal {
    /*
     *      0  +-----------+- - - - - - - - - - - - - - - - - - - - +
     *         | SignalWord                                          |  processes that set or clear
     *    128  +-----------+- - - - - - - - - - - - - - - - - - - - +
     *         | sleepers: EventCount                                |  sleepers and signallers
     *    256  +- - - - - - - - - - - - - - - - - - - - - - - - - - -+
     *
     * A waiter remembers the count of rises, and is done when the flag is up or the count has moved. So it does not
     * matter whether the flag went down again before the waiter looked.
     */
    private static final int SLEEPERS = 128;
    private static final int BYTES = 256;

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
    /// @param liveness which owners are alive
    /// @param strategy how long waits spin
    public Signal(String name, long address, Parking parking, Liveness liveness, WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.sleepers = new EventCount(address + SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy, Wait.EVENT);
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

    /// Raises the flag, and ends all waits of this moment.
    ///
    /// @return whether it was down
    public boolean set() {
        try {
            StackRoom.probe();
            boolean raised = false;
            for (long word = word(); !SignalWord.isUp(word) && !raised; word = word()) {
                raised = Memory.compareAndSetLong(address, word, SignalWord.raised(word));
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
            for (long word = word(); SignalWord.isUp(word) && !lowered; word = word()) {
                lowered = Memory.compareAndSetLong(address, word, SignalWord.lowered(word));
            }
            checkOpen();
            return lowered;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether the flag is up; a snapshot.
    ///
    /// @return true if it is
    public boolean isSet() {
        try {
            boolean set = SignalWord.isUp(word());
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
            long sets = SignalWord.sets(word());
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
            boolean set = SignalWord.isUp(before)
                    || waiter.await(() -> word() != before || closed, deadline);   // it was down: any change is a rise
            checkOpen();
            return set;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How often the flag of an event has gone up, for an observer, which only reads.
    ///
    /// @param address of the event
    /// @return a count since it was created
    public static long sets(long address) {
        return SignalWord.sets(Memory.getLongAcquire(address));
    }

    /// Whether the flag of an event is up, for an observer, which only reads.
    ///
    /// @param address of the event
    /// @return true if it is
    public static boolean isSet(long address) {
        return SignalWord.isUp(Memory.getLongAcquire(address));
    }

    /// Wakes the sleepers: the process that raised the flag may have died before its call.
    ///
    /// @param address of the event
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
            throw new ClosedException("event '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
