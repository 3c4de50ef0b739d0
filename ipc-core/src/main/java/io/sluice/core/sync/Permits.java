package io.sluice.core.sync;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Ledger.Kind;
import java.util.function.BooleanSupplier;

/// One process's view of a counting semaphore in shared memory. The permits of a process come back when it dies.
///
/// - **Threads:** any. Threads of one process take turns to move permits, for some ten nanoseconds each; no move waits
///   for another process, even one that is stopped in the middle of a move.
/// - **Fairness:** none; a caller that comes while permits are available gets them, and a caller that needs many may
///   wait for long.
/// - **Ordering:** what happened before a release happens-before what follows an acquire that came after it.
/// - **Allocation:** none, unless more than one permit has to be waited for.
/// - **Algorithm:** detectable moves, see [Ledger].
public final class Permits {
    private final String name;
    private final Object turn;
    private final Ledger ledger;
    private final int self;
    private final EventCount sleepers;
    private final Waiter waiter;
    private final BooleanSupplier one = this::isOneAvailable;
    private volatile boolean closed;

    /// Writes a semaphore into zeroed memory that no other thread sees yet.
    ///
    /// @param address absolute, aligned to 128; [#bytes] bytes
    /// @param permits how many there are at first
    public static void format(long address, int permits) {
        Ledger.format(address, permits);
    }

    /// A view of a semaphore.
    ///
    /// @param name what error messages call it
    /// @param address absolute, as it is mapped in this process
    /// @param bound most permits that there may be
    /// @param accounted whether permits belong to processes and come back at their death
    /// @param turn the monitor of this process's threads; one object for all views of this semaphore
    /// @param parking how to sleep
    /// @param liveness the owner that this process is, and which owners are alive
    /// @param strategy how long waits spin
    public Permits(String name, long address, int bound, boolean accounted, Object turn, Parking parking,
            Liveness liveness, WaitStrategy strategy) {
        this.name = name;
        this.turn = turn;
        this.ledger = new Ledger(address, bound, accounted);
        this.self = liveness.self();
        this.sleepers = new EventCount(address + PermitsLayout.SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy, Wait.PERMIT);
    }

    /// Size of the area.
    ///
    /// @return bytes
    public static long bytes() {
        return PermitsLayout.BYTES;
    }

    /// An acquire probes the stack first. A release does not: it needs less stack than the acquire found, and must
    /// not fail at the depth where the acquire succeeded. A move that is cut short all the same is settled by the
    /// next one, see [Ledger].
    private int move(Kind kind, int permits) {
        int moved;
        synchronized (turn) {
            moved = ledger.move(kind, self, permits);
        }
        checkOpen();     // afterwards: a view that was closed meanwhile moved permits that no process sees
        return moved;
    }

    /// Acquires permits if they are available.
    ///
    /// @param permits how many, not negative
    /// @return whether the caller has them now
    public boolean tryAcquire(int permits) {
        try {
            StackRoom.probe();
            checkNotNegative(permits);
            return move(Kind.ACQUIRE, permits) != Ledger.REFUSED;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Acquires permits, and waits for them no longer than the deadline.
    ///
    /// @param permits how many, not negative
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]; one in the past tries once
    /// @return whether the caller has them now
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; the caller has none of them then
    public boolean acquire(int permits, long deadline) throws InterruptedException {
        try {
            return acquireNow(permits, deadline);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean acquireNow(int permits, long deadline) throws InterruptedException {
        StackRoom.probe();
        checkNotNegative(permits);
        Waiter.checkInterrupt();
        if (move(Kind.ACQUIRE, permits) != Ledger.REFUSED) {
            return true;
        }
        BooleanSupplier available = permits == 1 ? one : () -> isAvailable(permits);
        ledger.addWaiter(self);
        try {
            while (waiter.await(available, deadline)) {
                if (move(Kind.ACQUIRE, permits) != Ledger.REFUSED) {
                    return true;
                }
            }
            return false;
        } finally {
            ledger.removeWaiter(self);
        }
    }

    /// Acquires permits, and waits for them without a limit. An interrupt is kept for later.
    ///
    /// @param permits how many, not negative
    public void acquireUninterruptibly(int permits) {
        try {
            StackRoom.probe();
            checkNotNegative(permits);
            if (move(Kind.ACQUIRE, permits) != Ledger.REFUSED) {
                return;
            }
            BooleanSupplier available = permits == 1 ? one : () -> isAvailable(permits);
            ledger.addWaiter(self);
            try {
                do {
                    waiter.awaitUninterruptibly(available, Waiter.FOREVER);
                } while (move(Kind.ACQUIRE, permits) == Ledger.REFUSED);
            } finally {
                ledger.removeWaiter(self);
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean isOneAvailable() {
        return isAvailable(1);
    }

    private boolean isAvailable(int permits) {
        return ledger.available() >= permits || closed;
    }

    /// Acquires all available permits.
    ///
    /// @return how many; negative if fewer than none were available, and then none are now
    public int drain() {
        try {
            StackRoom.probe();
            int drained = move(Kind.DRAIN, 0);
            if (drained < 0) {
                sleepers.signal();       // a waiter for zero permits has them now
            }
            return drained;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Lowers the number of available permits, without waiting for any: it may become negative.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if the number would be too low for an int; nothing is reduced then
    public void reduce(int permits) {
        try {
            StackRoom.probe();
            checkNotNegative(permits);
            if (move(Kind.REDUCE, permits) == Ledger.REFUSED) {
                throw new IllegalStateException("semaphore '%s': %,d permits cannot be reduced by %,d".formatted(
                        name, ledger.available(), permits));
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Releases permits. Permits beyond those that this process holds count as another process's.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if there would be more than the bound; nothing is released then
    public void release(int permits) {
        try {
            checkNotNegative(permits);
            if (move(Kind.RELEASE, permits) == Ledger.REFUSED) {
                throw new IllegalStateException(
                        ("semaphore '%s': release of %,d exceeds its bound: %,d are available and %,d are acquired;"
                                + " release what was acquired, once")
                                .formatted(name, permits, ledger.available(), ledger.outstanding()));
            }
            if (permits > 0) {
                sleepers.signal();
            }
            Reachability.upToHere(this);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Ends the ownership of permits of this process: they do not come back at its death, and another process must
    /// release them.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if this process holds fewer; nothing is handed over then
    public void handOver(int permits) {
        try {
            checkNotNegative(permits);
            if (move(Kind.HAND_OVER, permits) == Ledger.REFUSED) {
                throw new IllegalStateException(
                        "semaphore '%s': this process holds %,d permits and cannot hand over %,d"
                                .formatted(name, held(), permits));
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private void checkNotNegative(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("semaphore '%s': %,d permits are negative".formatted(name, permits));
        }
    }

    /// How many permits can be acquired; a snapshot.
    ///
    /// @return the number
    public int available() {
        try {
            int available = ledger.available();
            checkOpen();
            return available;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many threads wait for permits, in all processes; a snapshot. Threads of a dead process count until
    /// its recovery.
    ///
    /// @return the number
    public int waiting() {
        try {
            int waiting = ledger.waiting();
            checkOpen();
            return waiting;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many permits are acquired, by any process, and not released; a snapshot.
    ///
    /// @return the number
    /// @throws CorruptObjectException if the memory holds what no participant can have written
    public int outstanding() {
        try {
            int outstanding = ledger.outstanding();
            checkOpen();
            return checked(outstanding, "permits out");
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many permits come back if this process dies; a snapshot.
    ///
    /// @return the number
    /// @throws CorruptObjectException if the memory holds what no participant can have written
    public int held() {
        try {
            return checked(ledger.held(self), "permits on the account of this process");
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// A caller may release what it is told.
    private int checked(int count, String what) {
        if (count < 0) {
            throw new CorruptObjectException(("semaphore '%s': expected none or more %s, found %,d; something else has"
                    + " written into the memory; unlink and recreate it").formatted(name, what, count));
        }
        return count;
    }

    /// Finishes the last move of a dead process, and gives back what it held. Only one process at a time calls it for a
    /// dead owner. It may die at any step; another process then repeats the call.
    ///
    /// @param address of the semaphore
    /// @param bound most permits that there may be
    /// @param accounted whether permits belong to processes
    /// @param dead owner
    /// @param parking wakes sleepers
    public static void recover(long address, int bound, boolean accounted, int dead, Parking parking) {
        new Ledger(address, bound, accounted).recover(dead);
        new EventCount(address + PermitsLayout.SLEEPERS, parking).wakeAll();
    }

    /// Ends this view: its waiting threads are woken and get an exception.
    public void close() {
        closed = true;
        sleepers.signal();
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("semaphore '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
