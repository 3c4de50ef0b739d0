package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.LockPoisonedException;
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

/// One process's view of a read-write lock in shared memory: many readers, or one writer.
///
/// - **Threads:** any. A reading thread may read again, and a writing thread may read and write again. A reading thread
///   may not begin to write, since it would wait for itself. Each view counts the holds of a thread on its own.
/// - **Fairness:** a writer that waits for readers keeps later readers out; a reader that finds a writer queues up as a
///   writer does. The bound of [Mutex] holds for both.
/// - **Ordering:** what a writer did happens-before what later readers and writers do, and what readers did
///   happens-before what later writers do.
/// - **Allocation:** none, but for a thread's first read.
/// - **Algorithm:** counters for each reading process beside one writer's lock, a form of the "big reader" lock (D.
///   Dice, A. Kogan, *BRAVO: Biased Locking for Reader-Writer Locks*, ATC 2019, has its history).
public final class ReadWriteMutex {
    /*
     *   reader   counts itself, then looks for a writer; if there is one, it takes its count back and queues up
     *   writer   takes the writers' lock, then waits until all counts are zero
     *
     * Both store first and then load, with a full fence between (the atomic addition, the compare-and-set), so one of
     * the two sees the other. A reader queues up by taking the writers' lock itself, marked as passing; then it counts
     * itself and releases that lock. So it cannot starve behind writers, and its death while passing poisons nothing.
     * Nor does the death of a writer that still waits for readers, which is marked as arriving. So while the lock is
     * poisoned, no thread reads, and a repair runs alone.
     *
     * A process's readers are one number on one line. After a death, recovery clears them by one store of zero; nothing
     * is half done, since a reader is counted or is not.
     */
    private final Mutex writers;
    private final long address;
    private final long own;
    private final EventCount drained;
    private final Waiter drain;
    private final BooleanSupplier noReaders = this::hasNoReaders;
    private final ThreadLocal<int[]> holds = ThreadLocal.withInitial(() -> new int[1]);

    /// A view of a lock in zeroed, or used, memory.
    ///
    /// @param name what error messages call it
    /// @param address absolute, aligned to 128; [#bytes] bytes
    /// @param parking how to sleep
    /// @param liveness the owner that this process is, and which owners are alive
    /// @param options of the writers' lock, which is reentrant
    public ReadWriteMutex(String name, long address, Parking parking, Liveness liveness, Mutex.Options options) {
        this.writers = new Mutex(name, address, Mutex.bytes(0), parking, liveness, options);
        this.address = address;
        this.own = ReadWriteLayout.readers(address, liveness.self());
        this.drained = new EventCount(address + ReadWriteLayout.DRAINED, parking);
        this.drain = new Waiter(drained, liveness, options.strategy(), Wait.READERS);
        raiseHighest(liveness.self());
    }

    /// Raises `highest` before the first count, so that every writer's walk reaches this owner.
    private void raiseHighest(int owner) {
        long highest = address + ReadWriteLayout.HIGHEST;
        int seen = Memory.getIntVolatile(highest);
        while (seen < owner && !Memory.compareAndSetInt(highest, seen, owner)) {
            seen = Memory.getIntVolatile(highest);
        }
    }

    /// Size of the area.
    ///
    /// @return bytes
    public static long bytes() {
        return ReadWriteLayout.BYTES;
    }

    /// The writers' lock, to look at.
    ///
    /// @return the lock; to write, use the methods here, which wait for readers
    public Mutex writers() {
        return writers;
    }

    // Reading.

    /// Begins to read; waits for a writer, no longer than the deadline.
    ///
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]
    /// @return whether the caller reads now
    /// @throws InterruptedException if the thread was interrupted while it waited
    /// @throws LockPoisonedException if a writer died and the guarded data was not repaired
    public boolean read(long deadline) throws InterruptedException {
        try {
            StackRoom.probe();
            int[] held = holds.get();
            if (tryRead(held)) {
                return true;
            }
            if (Waiter.isOver(deadline)) {
                return false;
            }
            return writers.acquire(passing(), deadline) && pass(held);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private long passing() {
        return writers.me() | LockWord.PASSING;
    }

    /// Turns the caller's hold of the writers' lock into a read.
    private boolean pass(int[] held) {
        count(held);
        boolean released = false;
        try {
            writers.release();
            released = true;
        } finally {
            if (!released) {
                uncount(held);      // the call that wakes sleepers failed; the lock is free
            }
        }
        return isReading(held);
    }

    /// Begins to read if no thread writes.
    ///
    /// @return whether the caller reads now
    /// @throws LockPoisonedException as for [#read]
    public boolean tryRead() {
        try {
            StackRoom.probe();
            return tryRead(holds.get());
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean tryRead(int[] held) {
        writers.checkOpen();
        if (held[0] > 0 || writers.word() == writers.me()) {
            count(held);                       // no other thread can be writing
            return isReading(held);
        }
        count(held);
        CrashPoint.READER_COUNTED.reached();
        if (LockWord.isOpenForReaders(writers.word())) {
            return isReading(held);
        }
        uncount(held);
        // A poisoned lock has no writer; its policy decides what this caller does.
        return LockWord.isPoisoned(writers.word()) && writers.tryAcquire(passing()) && pass(held);
    }

    private void count(int[] held) {
        Memory.getAndAddInt(own, 1);           // full fence: then look for a writer
        held[0]++;
    }

    private void uncount(int[] held) {
        Memory.getAndAddInt(own, -1);          // full fence: then look for a writer that waits
        held[0]--;                             // afterwards: the step before may run out of stack
        CrashPoint.READER_UNCOUNTED.reached();
        if (LockWord.isHeld(writers.word())) {
            drained.signal();
        }
        Reachability.upToHere(this);
    }

    /// Checked after counting: a view that was closed meanwhile may act on memory that no other process sees.
    private boolean isReading(int[] held) {
        if (writers.isClosed()) {
            uncount(held);
            writers.checkOpen();
        }
        return true;
    }

    /// Ends one read of the calling thread.
    ///
    /// @throws IllegalMonitorStateException if it does not read
    public void endRead() {
        try {
            int[] held = holds.get();
            if (held[0] == 0) {
                writers.checkOpen();
                throw new IllegalMonitorStateException(
                        "lock '%s': unlock of its read lock by thread %d, which does not have it"
                                .formatted(writers.name, Thread.currentThread().threadId()));
            }
            uncount(held);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many reads the calling thread has, through this view.
    ///
    /// @return 0 if it does not
    public int readHolds() {
        return holds.get()[0];
    }

    /// How many reads there are; a snapshot.
    ///
    /// @return the number, over all processes
    public int readers() {
        try {
            int sum = 0;
            int highest = highest();
            for (int owner = 1; owner <= highest; owner++) {
                sum += Memory.getIntAcquire(ReadWriteLayout.readers(address, owner));
            }
            return sum;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    // Writing.

    /// Begins to write; waits for the writer before and for all readers, no longer than the deadline.
    ///
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]; one in the past tries once
    /// @return whether the caller writes now
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    /// @throws LockPoisonedException if a writer died and the guarded data was not repaired
    /// @throws IllegalMonitorStateException if the calling thread reads, and the deadline is [Waiter#FOREVER]
    public boolean write(long deadline) throws InterruptedException {
        try {
            return writeNow(deadline);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean writeNow(long deadline) throws InterruptedException {
        StackRoom.probe();
        Waiter.checkInterrupt();
        if (writers.isHeldByCurrentThread()) {
            return writers.tryLock();
        }
        if (deadline == Waiter.FOREVER) {
            refuseReader();
        }
        long arriving = writers.me() | LockWord.ARRIVING;
        // With time to wait, no try first: a try takes a lock that is promised to another thread.
        if (!(Waiter.isOver(deadline) ? writers.tryAcquire(arriving) : writers.acquire(arriving, deadline))) {
            return false;
        }
        boolean alone = false;
        try {
            CrashPoint.WRITER_WAITING_FOR_READERS.reached();
            alone = drain.await(noReaders, deadline);
        } finally {
            if (!alone) {
                writers.release();
            }
        }
        return alone && writes();
    }

    /// Begins to write if no thread writes or reads. Ignores interrupts.
    ///
    /// @return whether the caller writes now
    /// @throws LockPoisonedException as for [#write]
    public boolean tryWrite() {
        try {
            return tryWriteNow();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean tryWriteNow() {
        StackRoom.probe();
        if (writers.isHeldByCurrentThread()) {
            return writers.tryLock();
        }
        if (!writers.tryAcquire(writers.me() | LockWord.ARRIVING)) {
            return false;
        }
        CrashPoint.WRITER_WAITING_FOR_READERS.reached();
        if (!hasNoReaders()) {
            writers.release();
            return false;
        }
        return writes();
    }

    private void refuseReader() {
        if (holds.get()[0] > 0) {
            throw new IllegalMonitorStateException(
                    ("lock '%s': this thread reads, and would wait for itself to write; end the read first, and look"
                            + " again at what was read").formatted(writers.name));
        }
    }

    /// The last step of a writer that is alone. If its view was closed meanwhile, it releases the lock and throws.
    private boolean writes() {
        if (writers.isClosed()) {
            writers.release();
            writers.checkOpen();
        }
        writers.arrived();
        return true;
    }

    /// Whether no process reads; also true for a closed view, whose wait ends.
    private boolean hasNoReaders() {
        int highest = highest();
        for (int owner = 1; owner <= highest; owner++) {
            if (Memory.getIntAcquire(ReadWriteLayout.readers(address, owner)) != 0) {
                return writers.isClosed();
            }
        }
        return true;
    }

    private int highest() {
        return Math.clamp(Memory.getIntVolatile(address + ReadWriteLayout.HIGHEST), 0, Liveness.MAX_OWNER);
    }

    /// Ends one write of the calling thread.
    ///
    /// @throws IllegalMonitorStateException if it does not write
    public void endWrite() {
        writers.unlock();
    }

    // Ends.

    /// Clears the reads of a dead process, and takes the writers' lock from it; see [Mutex#recover].
    ///
    /// @param address of the lock
    /// @param dead owner
    /// @param pid its process id, for messages; 0 if it is not known
    /// @param policy the state of the writers' lock after the death
    /// @param parking wakes sleepers
    public static void recover(long address, int dead, long pid, DeathPolicy policy, Parking parking) {
        Memory.putIntVolatile(ReadWriteLayout.readers(address, dead), 0);
        Mutex.recover(address, Mutex.bytes(0), dead, pid, policy, parking);
        new EventCount(address + ReadWriteLayout.DRAINED, parking).wakeAll();
    }

    /// Ends this view; see [Mutex#close].
    public void close() {
        writers.close();
        drained.signal();
    }
}
