package io.sluice.core.sync;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Ledger.Kind;
import java.util.function.BooleanSupplier;

/// A counting semaphore in shared memory, as one process sees it. What a process holds when it dies comes back.
///
/// - **Threads:** any. Those of one process take turns to move permits, for some ten nanoseconds each; nobody ever
///   waits for another process, be it stopped in the middle of a move.
/// - **Fairness:** none; who comes while permits are there gets them, and who wants many may wait for long.
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

    /// Writes a semaphore into zeroed memory that nobody else sees yet.
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
    /// @param turn what the threads of this process synchronize on; one object for all views of this semaphore
    /// @param parking how to sleep
    /// @param liveness who this process is, and who lives
    /// @param strategy how long waits spin
    public Permits(String name, long address, int bound, boolean accounted, Object turn, Parking parking,
            Liveness liveness, WaitStrategy strategy) {
        this.name = name;
        this.turn = turn;
        this.ledger = new Ledger(address, bound, accounted);
        this.self = liveness.self();
        this.sleepers = new EventCount(address + PermitsLayout.SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy);
    }

    /// Size of the area.
    ///
    /// @return bytes
    public static long bytes() {
        return PermitsLayout.BYTES;
    }

    /// What acquires looks at the stack before. What gives back does not: it needs less than the acquire has found, and
    /// must not be refused at the depth where that was not. A move that is cut short all the same is settled by the
    /// next one, see [Ledger].
    private int move(Kind kind, int permits) {
        int moved;
        synchronized (turn) {
            moved = ledger.move(kind, self, permits);
        }
        checkOpen();     // afterwards: what was moved by a view that was closed meanwhile, was moved nowhere
        return moved;
    }

    /// Acquires permits if they are there.
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
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; it has none of them then
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
        ledger.waits(self);
        try {
            while (waiter.await(available, deadline)) {
                if (move(Kind.ACQUIRE, permits) != Ledger.REFUSED) {
                    return true;
                }
            }
            return false;
        } finally {
            ledger.waitsNoMore(self);
        }
    }

    /// Acquires permits, and waits for them as long as it takes. An interrupt is kept for later.
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
            ledger.waits(self);
            try {
                do {
                    waiter.awaitUninterruptibly(available, Waiter.FOREVER);
                } while (move(Kind.ACQUIRE, permits) == Ledger.REFUSED);
            } finally {
                ledger.waitsNoMore(self);
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

    /// Acquires all that are there.
    ///
    /// @return how many; negative if there were less than none, which are none then
    public int drain() {
        try {
            StackRoom.probe();
            int drained = move(Kind.DRAIN, 0);
            if (drained < 0) {
                sleepers.signal();       // a waiter for no permits at all has them now
            }
            return drained;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Lowers the number of permits that there are, without waiting for any: it may become negative.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if the number is too low for an int; nothing was reduced then
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

    /// Releases permits. Those that this process does not hold are those of another one.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if there would be more than the bound; nothing was released then
    public void release(int permits) {
        try {
            checkNotNegative(permits);
            if (move(Kind.RELEASE, permits) == Ledger.REFUSED) {
                throw new IllegalStateException(
                        ("semaphore '%s': release of %,d exceeds its bound: %,d are available and %,d are out; release"
                                + " what was acquired, once")
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

    /// Makes permits of this process nobody's: they do not come back at its death, and another process is to release
    /// them.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if this process holds fewer; nothing was handed over then
    public void handOver(int permits) {
        try {
            checkNotNegative(permits);
            if (move(Kind.HAND_OVER, permits) == Ledger.REFUSED) {
                throw new IllegalStateException("semaphore '%s': this process holds %,d permits and cannot hand over %,d"
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

    /// How many can be acquired; a snapshot.
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

    /// How many threads wait for permits, in all processes; a snapshot. The dead count until they are noticed.
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

    /// How many were acquired, by any process, and not released; a snapshot.
    ///
    /// @return the number
    public int outstanding() {
        try {
            int outstanding = ledger.outstanding();
            checkOpen();
            return outstanding;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many come back if this process dies; a snapshot.
    ///
    /// @return the number
    public int held() {
        try {
            return ledger.held(self);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Finishes what a dead process was doing, and gives back what it held. The caller is the only one that does so for
    /// that process, may die at any step, and is followed by another one then.
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

    /// Ends this view: those of its threads that wait are woken, and refused.
    public void close() {
        closed = true;
        sleepers.signal();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("semaphore '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
