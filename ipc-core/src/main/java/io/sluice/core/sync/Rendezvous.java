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
import io.sluice.core.sync.GenerationEnd.Outcome;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// One process's view of a barrier in shared memory: a number of threads, over all processes, meet at it repeatedly.
///
/// - **Threads:** any. Every open view counts as a party; if its process dies, the barrier is broken for all.
/// - **Ordering:** what each party did before it arrived happens-before the action, and the action happens-before what
///   follows the return of any party.
/// - **Allocation:** a few objects for each wait.
public final class Rendezvous {
    /*
     * RendezvousWord holds the generation that goes on and its arrivals; GenerationEnd, one for each of the last 64
     * generations, says how a generation ended.
     *
     * A generation ends when its end is written, by one compare-and-set over the end of an earlier one: it tripped, it
     * was reset, a party timed out, was interrupted, died, ... The first end decides. Then the word moves on to the
     * next generation; any thread that finds an end and an old word moves it. So a death between the two steps leaves
     * no state of its own, and a waiter learns how its own generation ended, whatever the barrier did since. A waiter
     * that sleeps on while 64 other generations end, as with more threads than parties, finds a younger end in the
     * place of its own. Then its generation tripped, unless it is among the last 32 that did not, which are kept apart.
     *
     *   arrives, not the last   waits for the end of its generation, and may itself end it
     *   arrives as the last     runs the action, then ends the generation
     *   dies                    arrived or not: recovery ends the generation of that moment
     *
     * The end of a generation decides the state of the next one: whole after a trip and after a reset, broken after
     * every other end. So a reset is one step, whichever state it meets:
     *
     *   parties wait            the end of their generation: it frees them, and the next one is whole from its start
     *   the word is broken      the compare-and-set of the word that removes the mark; no party waits there
     *   whole, no party waits   nothing
     *
     * A freed party that arrives again meets either the old word with its end, and moves on to the next generation,
     * which is whole, or that generation itself. There is no state between in which the barrier is broken. A resetter
     * that dies has reset it or has not; since it was a party, recovery then breaks the barrier again.
     *
     * The action runs once for each generation that becomes full, since only one arrival is the last one. If the
     * generation is ended while the action runs, the last party gets the same exception as the others.
     *
     * A counted arrival is never taken back. A thread that cannot wait for the end, for whatever reason, ends the
     * generation itself; StackRoom ensures that it can.
     */
    private final String name;
    private final long address;
    private final int self;
    private final int parties;
    private final Runnable action;
    private final EventCount sleepers;
    private final Waiter waiter;
    private final AtomicInteger insideHere = new AtomicInteger();
    private volatile boolean closed;

    /// Writes a barrier into memory that no other thread sees yet.
    ///
    /// @param address absolute, aligned to 128; [#bytes] bytes of zeros
    /// @param parties how many arrivals make it full; see [#checkParties]
    public static void format(long address, int parties) {
        Memory.putInt(address + RendezvousLayout.PARTIES, parties);
        Memory.putLong(address + RendezvousLayout.WORD, RendezvousWord.of(RendezvousWord.FIRST_GENERATION, false));
    }

    /// Checks a number of parties.
    ///
    /// @param name of the barrier
    /// @param parties how many arrivals make it full
    /// @throws IllegalArgumentException if it is not between 1 and 65,535
    public static void checkParties(String name, int parties) {
        if (parties < 1 || parties > RendezvousWord.MAX_PARTIES) {
            throw new IllegalArgumentException("barrier '%s': %,d parties is not between 1 and %,d"
                    .formatted(name, parties, RendezvousWord.MAX_PARTIES));
        }
    }

    /// A view of a barrier, which makes this process a party until [#close].
    ///
    /// @param name what error messages call it
    /// @param address absolute, as it is mapped in this process
    /// @param action run by the last party to arrive, if it arrives through this view
    /// @param parking how to sleep
    /// @param liveness the owner that this process is, and which owners are alive
    /// @param strategy how long waits spin
    public Rendezvous(String name, long address, Runnable action, Parking parking, Liveness liveness,
            WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.self = liveness.self();
        this.parties = Memory.getInt(address + RendezvousLayout.PARTIES);
        this.action = action;
        this.sleepers = new EventCount(address + RendezvousLayout.SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy, Wait.BARRIER);
        Memory.getAndAddInt(RendezvousLayout.handles(address, self), 1);
    }

    /// Size of the area.
    ///
    /// @return bytes
    public static long bytes() {
        return RendezvousLayout.BYTES;
    }

    /// How many arrivals make it full.
    ///
    /// @return the number
    public int parties() {
        return parties;
    }

    /// Arrives, and waits for the others.
    ///
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]; with one in the past it does not wait
    /// @return how many parties were still missing: `parties - 1` for the first to arrive, 0 for the last
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; the barrier is broken then,
    ///     unless it was full and the thread waited for the next generation
    /// @throws BrokenBarrierException if the barrier is broken, or was broken meanwhile; the message names the cause
    /// @throws TimeoutException if the deadline passed first; the barrier is broken then, unless as above
    public int await(long deadline) throws InterruptedException, BrokenBarrierException, TimeoutException {
        try {
            StackRoom.probe();
            insideHere.incrementAndGet();      // before the look at `closed`: either close() sees this, or this sees it
            try {
                return arrive(deadline);
            } finally {
                insideHere.decrementAndGet();
                Reachability.upToHere(this);
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private int arrive(long deadline) throws InterruptedException, BrokenBarrierException, TimeoutException {
        for (;;) {
            checkOpen();
            long word = goingOn(address);
            long generation = RendezvousWord.generation(word);
            if (RendezvousWord.isBroken(word)) {
                throw broken(generation - 1);
            }
            if (Thread.interrupted()) {
                end(generation, Outcome.INTERRUPTED, self);
                throw new InterruptedException();
            }
            int arrived = RendezvousWord.arrivals(word);
            // Before the arrival: it allocates.
            BooleanSupplier ended = () -> outcome(generation) != Outcome.NONE || closed;
            if (arrived >= parties) {
                awaitRoom(ended, deadline);
            } else if (Memory.compareAndSetLong(
                    address + RendezvousLayout.WORD, word, RendezvousWord.withArrival(word))) {
                return arrived + 1 == parties
                        ? act(generation) : awaitEnd(generation, ended, parties - 1 - arrived, deadline);
            }
        }
    }

    /// Waits for the next generation: with more threads than parties, this one is full, and its action runs.
    private void awaitRoom(BooleanSupplier ended, long deadline) throws InterruptedException, TimeoutException {
        if (!waiter.await(ended, deadline)) {
            throw new TimeoutException(
                    "barrier '%s': timed out before an arrival was possible, since its action was running"
                            .formatted(name));
        }
    }

    private int act(long generation) throws BrokenBarrierException {
        boolean ended = false;
        boolean tripped;
        try {
            CrashPoint.BARRIER_FULL.reached();
            action.run();
            tripped = end(generation, Outcome.TRIPPED, self);
            ended = true;
        } finally {
            if (!ended) {
                end(generation, Outcome.FAILED, self);
            }
        }
        if (!tripped) {
            checkOpen();
            throw broken(generation);
        }
        return 0;
    }

    private int awaitEnd(long generation, BooleanSupplier ended, int index, long deadline)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        boolean waited = false;
        try {
            CrashPoint.BARRIER_ARRIVED.reached();
            boolean over = waiter.await(ended, deadline);
            waited = true;
            if (!over && end(generation, Outcome.TIMED_OUT, self)) {
                throw new TimeoutException("barrier '%s': timed out before all %,d parties had arrived"
                        .formatted(name, parties));
            }
        } catch (InterruptedException interrupted) {
            waited = true;
            if (end(generation, Outcome.INTERRUPTED, self)) {
                throw interrupted;
            }
            Thread.currentThread().interrupt();
        } finally {
            if (!waited) {
                end(generation, Outcome.UNABLE, self);      // a sweep that failed, memory or stack that ran out
            }
        }
        checkOpen();
        if (outcome(generation) != Outcome.TRIPPED) {
            throw broken(generation);
        }
        return index;
    }

    private BrokenBarrierException broken(long generation) {
        long end = Memory.getLongAcquire(RendezvousLayout.end(address, generation));
        if (GenerationEnd.generation(end) != generation) {
            return new BrokenBarrierException("barrier '%s' is broken; reset() makes it usable again".formatted(name));
        }
        Outcome outcome = GenerationEnd.outcome(end);
        if (outcome == Outcome.RESET) {
            return new BrokenBarrierException(
                    "barrier '%s' was reset by owner %d while this thread waited; it is usable, arrive again"
                            .formatted(name, GenerationEnd.owner(end)));
        }
        int owner = GenerationEnd.owner(end);
        long pid = outcome == Outcome.DIED ? Victim.pid(address + RendezvousLayout.VICTIM, owner) : 0;
        return new BrokenBarrierException("barrier '%s' is broken: %s (%s); reset() makes it usable again"
                .formatted(name, outcome.text, pid != 0 ? "process " + pid : "owner " + owner));
    }

    // Generations.

    private long word() {
        return Memory.getLongAcquire(address + RendezvousLayout.WORD);
    }

    /// The word of a generation that has not ended. Moves the word on where another thread has ended its generation.
    private static long goingOn(long address) {
        for (;;) {
            long word = Memory.getLongVolatile(address + RendezvousLayout.WORD);
            long generation = RendezvousWord.generation(word);
            long at = RendezvousLayout.end(address, generation);
            long end = Memory.getLongVolatile(at);
            long ended = GenerationEnd.generation(end);
            if (ended < generation) {
                return word;
            }
            if (ended == generation) {
                advance(address, generation);
            } else if (Memory.getLongVolatile(address + RendezvousLayout.WORD) == word) {
                // A younger generation than the current one has ended: foreign bytes, which end the current one.
                Memory.compareAndSetLong(at, end, GenerationEnd.of(generation, 0, Outcome.DAMAGED));
            }
        }
    }

    private Outcome outcome(long generation) {
        return outcome(address, generation);
    }

    private static Outcome outcome(long address, long generation) {
        long end = Memory.getLongAcquire(RendezvousLayout.end(address, generation));
        if (GenerationEnd.generation(end) < generation) {
            return Outcome.NONE;
        }
        if (GenerationEnd.generation(end) == generation) {
            return GenerationEnd.outcome(end);
        }
        return isAmongBreaks(address, generation) ? Outcome.RESET : Outcome.TRIPPED;
    }

    private static boolean isAmongBreaks(long address, long generation) {
        for (int i = 0; i < RendezvousLayout.BREAKS_KEPT; i++) {
            if (Memory.getLongAcquire(RendezvousLayout.broken(address, i)) == generation) {
                return true;
            }
        }
        return false;
    }

    /// Keeps a generation that did not trip, in place of the oldest one kept. Called before the next generation begins,
    /// and more than once if several threads find its end.
    private static void keepBreak(long address, long generation) {
        while (!isAmongBreaks(address, generation)) {
            long oldest = RendezvousLayout.broken(address, 0);
            for (int i = 1; i < RendezvousLayout.BREAKS_KEPT; i++) {
                long other = RendezvousLayout.broken(address, i);
                if (Memory.getLongVolatile(other) < Memory.getLongVolatile(oldest)) {
                    oldest = other;
                }
            }
            long replaced = Memory.getLongVolatile(oldest);
            if (replaced > generation || Memory.compareAndSetLong(oldest, replaced, generation)) {
                return;
            }
        }
    }

    private boolean end(long generation, Outcome outcome, int owner) {
        boolean decided = end(address, generation, outcome, owner);
        sleepers.signal();
        return decided;
    }

    /// Ends a generation unless it has ended; in both cases the next one begins.
    ///
    /// @return whether this call decided it
    private static boolean end(long address, long generation, Outcome outcome, int owner) {
        long at = RendezvousLayout.end(address, generation);
        boolean decided = false;
        for (long end = Memory.getLongVolatile(at); GenerationEnd.generation(end) < generation && !decided;
                end = Memory.getLongVolatile(at)) {
            long decision = GenerationEnd.of(generation, owner, outcome);
            decided = Memory.compareAndSetLong(at, end, decision);
        }
        CrashPoint.BARRIER_DECIDED.reached();
        advance(address, generation);
        CrashPoint.BARRIER_ADVANCED.reached();
        return decided;
    }

    private static void advance(long address, long generation) {
        Outcome outcome = outcome(address, generation);
        if (outcome != Outcome.TRIPPED) {
            keepBreak(address, generation);
        }
        long at = address + RendezvousLayout.WORD;
        for (long word = Memory.getLongVolatile(at); RendezvousWord.generation(word) == generation;
                word = Memory.getLongVolatile(at)) {
            Memory.compareAndSetLong(at, word, RendezvousWord.of(generation + 1, outcome.breaks()));
        }
    }

    // Looking, and ends.

    /// How many parties have arrived and wait; a snapshot.
    ///
    /// @return the number
    public int waiting() {
        try {
            long word = word();
            checkOpen();
            return outcome(RendezvousWord.generation(word)) == Outcome.NONE ? RendezvousWord.arrivals(word) : 0;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether the barrier is broken.
    ///
    /// @return true until [#reset]
    public boolean isBroken() {
        try {
            long word = word();
            checkOpen();
            return RendezvousWord.isBroken(word) || outcome(RendezvousWord.generation(word)).breaks();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How often all parties have met, or the barrier was broken.
    ///
    /// @return a count since it was created
    public long generations() {
        try {
            return RendezvousWord.generation(word()) - RendezvousWord.FIRST_GENERATION;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Breaks the generation of the waiting parties, and makes the barrier usable, in one step: a party that it frees
    /// can arrive again at once.
    public void reset() {
        try {
            StackRoom.probe();
            for (;;) {
                checkOpen();
                long word = goingOn(address);
                long generation = RendezvousWord.generation(word);
                if (RendezvousWord.isBroken(word)) {
                    long repaired = RendezvousWord.repaired(word);
                    if (Memory.compareAndSetLong(address + RendezvousLayout.WORD, word, repaired)) {
                        return;
                    }
                } else if (RendezvousWord.arrivals(word) == 0 || end(generation, Outcome.RESET, self)) {
                    return;
                }
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Breaks the current generation, so that the barrier is broken until [#reset]: one step, as a time-out.
    public void abort() {
        try {
            StackRoom.probe();
            for (;;) {
                checkOpen();
                long word = goingOn(address);
                if (RendezvousWord.isBroken(word) || end(RendezvousWord.generation(word), Outcome.ABORTED, self)) {
                    return;
                }
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Breaks a barrier of which a party died. Only one process at a time calls it for a dead owner. It may die at any
    /// step; another process then repeats the call.
    ///
    /// @param address of the barrier
    /// @param dead owner
    /// @param pid its process id, for messages; 0 if it is not known
    /// @param parking wakes sleepers
    public static void recover(long address, int dead, long pid, Parking parking) {
        long handles = RendezvousLayout.handles(address, dead);
        if (Memory.getIntVolatile(handles) > 0) {
            Victim.put(address + RendezvousLayout.VICTIM, dead, pid);
            for (long word = goingOn(address); !RendezvousWord.isBroken(word); word = goingOn(address)) {
                end(address, RendezvousWord.generation(word), Outcome.DIED, dead);
            }
            Memory.putIntVolatile(handles, 0);
        }
        new EventCount(address + RendezvousLayout.SLEEPERS, parking).wakeAll();
    }

    /// Ends this view: this process is no longer a party, unless it has other views. Its threads that wait here, or run
    /// the action, get an exception, and the barrier is broken.
    public synchronized void close() {
        StackRoom.probe();
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (insideHere.get() > 0) {
                end(RendezvousWord.generation(word()), Outcome.LEFT, self);
            }
        } finally {
            Memory.getAndAddInt(RendezvousLayout.handles(address, self), -1);
            sleepers.signal();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("barrier '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
