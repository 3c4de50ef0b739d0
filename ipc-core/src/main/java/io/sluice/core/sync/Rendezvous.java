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
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// A barrier in shared memory, as one process sees it: a number of threads, over all processes, meet at it again and
/// again.
///
/// - **Threads:** any. Whoever has a view is taken for a party; if its process dies, the barrier is broken for all.
/// - **Ordering:** what each party did before it arrived happens-before the action, and that before what follows the
///   return of any party.
/// - **Allocation:** a few objects for each wait.
public final class Rendezvous {
    /*
     *    63               17 16        1   0
     *   +-------------------+-----------+--------+
     *   | generation        | arrivals  | broken |        WORD: changed by compare-and-set
     *   +-------------------+-----------+--------+
     *    63               14 13        4   3      0
     *   +-------------------+-----------+----------+
     *   | generation        | owner     | how      |      one end for each of the last 64 generations
     *   +-------------------+-----------+----------+
     *
     * A generation ends when its end is written, by one compare-and-set over the end of an earlier one: it tripped, it
     * was reset, a party timed out, was interrupted, died, ... The first one decides. Then the word goes on to the next
     * generation, which any thread does that finds an end and an old word. So a death between the two is no state of
     * its own; and a waiter learns how its own generation ended, and not what has become of the barrier since. One that
     * sleeps on while 64 others end, as with more threads than parties, finds a younger end in its place; then its
     * generation tripped, unless it is among the last 32 that did not, which are kept apart.
     *
     *   arrives, not the last   waits for the end of its generation, and may itself end it
     *   arrives as the last     runs the action, then ends the generation
     *   dies                    whether it has arrived or not, recovery ends the generation of that moment
     *
     * How a generation ended decides what the next one is: whole after a trip and after a reset, broken after all else.
     * So a reset is one step, whichever state it meets:
     *
     *   parties wait            the end of their generation: it frees them, and the next one is whole from its start
     *   the word is broken      the compare-and-set of the word that takes the mark away; no party waits there
     *   whole, no party waits   nothing
     *
     * A party that was freed and arrives again meets either the old word with its end, and goes on to the next
     * generation, which is whole, or that generation itself. There is no state between in which the barrier is broken.
     * A resetter that dies has reset it or has not; that it was a party breaks the barrier again, by recovery.
     *
     * The action runs once for each generation that becomes full, since only one arrival is the last one. If the
     * generation is ended while the action runs, the last one is told like the others.
     *
     * An arrival that was counted is taken back by nothing; a thread that cannot wait for the end ends the generation
     * itself, whatever kept it from waiting. StackRoom sees to it that it can.
     */
    private static final int ARRIVALS_SHIFT = 1;
    private static final int GENERATION_SHIFT = 17;
    private static final int MAX_PARTIES = (1 << (GENERATION_SHIFT - ARRIVALS_SHIFT)) - 1;
    private static final long BROKEN = 1;
    private static final long FIRST_GENERATION = 1;
    private static final int END_SHIFT = 14;
    private static final int OWNER_SHIFT = 4;
    private static final int HOW_MASK = 15;

    /// How a generation can end, and the number for it in shared memory.
    private enum How {
        NOT(0, "is going on"),
        TRIPPED(1, "tripped"),
        TIMED_OUT(2, "a party's time was up"),
        INTERRUPTED(3, "a party was interrupted"),
        RESET(4, "it was reset"),
        DIED(5, "a party died"),
        LEFT(6, "a party closed its handle"),
        FAILED(7, "the action failed"),
        UNABLE(8, "a party was unable to wait"),
        DAMAGED(9, "its memory was damaged"),
        ABORTED(10, "a party aborted it");

        private static final How[] ALL = values();

        final int code;
        final String text;

        How(int code, String text) {
            this.code = code;
            this.text = text;
        }

        static How of(long end) {
            int code = (int) end & HOW_MASK;
            return code < ALL.length ? ALL[code] : DAMAGED;
        }

        /// Whether the next generation is broken.
        boolean breaks() {
            return this != NOT && this != TRIPPED && this != RESET;
        }
    }

    private final String name;
    private final long address;
    private final int self;
    private final int parties;
    private final Runnable action;
    private final EventCount sleepers;
    private final Waiter waiter;
    private final AtomicInteger insideHere = new AtomicInteger();
    private volatile boolean closed;

    /// Writes a barrier into memory that nobody else sees yet.
    ///
    /// @param address absolute, aligned to 128; [#bytes] bytes of zeros
    /// @param parties how many arrivals make it full; see [#checkParties]
    public static void format(long address, int parties) {
        Memory.putInt(address + RendezvousLayout.PARTIES, parties);
        Memory.putLong(address + RendezvousLayout.WORD, FIRST_GENERATION << GENERATION_SHIFT);
    }

    /// Checks a number of parties.
    ///
    /// @param name of the barrier
    /// @param parties how many arrivals make it full
    /// @throws IllegalArgumentException if it is not between 1 and 65,535
    public static void checkParties(String name, int parties) {
        if (parties < 1 || parties > MAX_PARTIES) {
            throw new IllegalArgumentException("barrier '%s': %,d parties is not between 1 and %,d"
                    .formatted(name, parties, MAX_PARTIES));
        }
    }

    /// A view of a barrier, which makes this process a party until [#close].
    ///
    /// @param name what error messages call it
    /// @param address absolute, as it is mapped in this process
    /// @param action run by the last to arrive, if he comes through this view
    /// @param parking how to sleep
    /// @param liveness who this process is, and who lives
    /// @param strategy how long waits spin
    public Rendezvous(String name, long address, Runnable action, Parking parking, Liveness liveness,
            WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.self = liveness.self();
        this.parties = Memory.getInt(address + RendezvousLayout.PARTIES);
        this.action = action;
        this.sleepers = new EventCount(address + RendezvousLayout.SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy);
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
    /// @param deadline a value of [Waiter#deadline], or [Waiter#FOREVER]; one in the past waits for nobody
    /// @return how many had still to come: `parties - 1` for the first to arrive, 0 for the last
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; the barrier is broken then,
    ///     unless it was full and the thread waited for the next generation
    /// @throws BrokenBarrierException if the barrier is broken, or was broken meanwhile; says by what
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
            long generation = generation(word);
            if ((word & BROKEN) != 0) {
                throw broken(generation - 1);
            }
            if (Thread.interrupted()) {
                end(generation, How.INTERRUPTED, self);
                throw new InterruptedException();
            }
            int arrived = arrivals(word);
            BooleanSupplier ended = () -> how(generation) != How.NOT || closed;    // before the arrival: it allocates
            if (arrived >= parties) {
                awaitRoom(ended, deadline);
            } else if (Memory.compareAndSetLong(
                    address + RendezvousLayout.WORD, word, word + (1L << ARRIVALS_SHIFT))) {
                return arrived + 1 == parties
                        ? act(generation) : awaitEnd(generation, ended, parties - 1 - arrived, deadline);
            }
        }
    }

    /// More threads than parties: the generation is full, and its action runs.
    private void awaitRoom(BooleanSupplier ended, long deadline) throws InterruptedException, TimeoutException {
        if (!waiter.await(ended, deadline)) {
            throw new TimeoutException("barrier '%s': in time nobody could arrive, since its action was running"
                    .formatted(name));
        }
    }

    private int act(long generation) throws BrokenBarrierException {
        boolean ended = false;
        boolean tripped;
        try {
            CrashPoint.BARRIER_FULL.reached();
            action.run();
            tripped = end(generation, How.TRIPPED, self);
            ended = true;
        } finally {
            if (!ended) {
                end(generation, How.FAILED, self);
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
            if (!over && end(generation, How.TIMED_OUT, self)) {
                throw new TimeoutException("barrier '%s': time was up before all %,d parties had arrived"
                        .formatted(name, parties));
            }
        } catch (InterruptedException interrupted) {
            waited = true;
            if (end(generation, How.INTERRUPTED, self)) {
                throw interrupted;
            }
            Thread.currentThread().interrupt();
        } finally {
            if (!waited) {
                end(generation, How.UNABLE, self);      // a sweep that failed, memory or stack that ran out
            }
        }
        checkOpen();
        if (how(generation) != How.TRIPPED) {
            throw broken(generation);
        }
        return index;
    }

    private BrokenBarrierException broken(long generation) {
        long end = Memory.getLongAcquire(RendezvousLayout.end(address, generation));
        if (end >>> END_SHIFT != generation) {
            return new BrokenBarrierException("barrier '%s' is broken; reset() makes it usable again".formatted(name));
        }
        How how = How.of(end);
        if (how == How.RESET) {
            return new BrokenBarrierException(
                    "barrier '%s' was reset by owner %d while this thread was at it; it is usable, arrive again"
                            .formatted(name, owner(end)));
        }
        long pid = how == How.DIED ? Victim.pid(address + RendezvousLayout.VICTIM, owner(end)) : 0;
        return new BrokenBarrierException("barrier '%s' is broken: %s (%s); reset() makes it usable again"
                .formatted(name, how.text, pid != 0 ? "process " + pid : "owner " + owner(end)));
    }

    private static int owner(long end) {
        return (int) (end >>> OWNER_SHIFT) & Liveness.MAX_OWNER;
    }

    // Generations.

    private long word() {
        return Memory.getLongAcquire(address + RendezvousLayout.WORD);
    }

    private static long generation(long word) {
        return word >>> GENERATION_SHIFT;
    }

    /// The word of a generation that has not ended. What others have ended, and not left, is left here.
    private static long goingOn(long address) {
        for (;;) {
            long word = Memory.getLongVolatile(address + RendezvousLayout.WORD);
            long generation = generation(word);
            long at = RendezvousLayout.end(address, generation);
            long end = Memory.getLongVolatile(at);
            long ended = end >>> END_SHIFT;
            if (ended < generation) {
                return word;
            }
            if (ended == generation) {
                advance(address, generation);
            } else if (Memory.getLongVolatile(address + RendezvousLayout.WORD) == word) {
                // A younger generation than the one that goes on has ended: foreign bytes, which end this one.
                Memory.compareAndSetLong(at, end, generation << END_SHIFT | How.DAMAGED.code);
            }
        }
    }

    private static int arrivals(long word) {
        return (int) (word >>> ARRIVALS_SHIFT) & MAX_PARTIES;
    }

    private How how(long generation) {
        return how(address, generation);
    }

    private static How how(long address, long generation) {
        long end = Memory.getLongAcquire(RendezvousLayout.end(address, generation));
        if (end >>> END_SHIFT < generation) {
            return How.NOT;
        }
        if (end >>> END_SHIFT == generation) {
            return How.of(end);
        }
        return isAmongBreaks(address, generation) ? How.RESET : How.TRIPPED;
    }

    private static boolean isAmongBreaks(long address, long generation) {
        for (int i = 0; i < RendezvousLayout.BREAKS_KEPT; i++) {
            if (Memory.getLongAcquire(RendezvousLayout.broken(address, i)) == generation) {
                return true;
            }
        }
        return false;
    }

    /// Keeps a generation that did not trip, instead of the oldest one. Before the next one begins; more than once, if
    /// several find its end.
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

    private boolean end(long generation, How how, int owner) {
        boolean decided = end(address, generation, how, owner);
        sleepers.signal();
        return decided;
    }

    /// Ends a generation unless it has ended; in any case the next one begins.
    ///
    /// @return whether this call decided it
    private static boolean end(long address, long generation, How how, int owner) {
        long at = RendezvousLayout.end(address, generation);
        boolean decided = false;
        for (long end = Memory.getLongVolatile(at); end >>> END_SHIFT < generation && !decided;
                end = Memory.getLongVolatile(at)) {
            long decision = generation << END_SHIFT | (long) owner << OWNER_SHIFT | how.code;
            decided = Memory.compareAndSetLong(at, end, decision);
        }
        CrashPoint.BARRIER_DECIDED.reached();
        advance(address, generation);
        CrashPoint.BARRIER_ADVANCED.reached();
        return decided;
    }

    private static void advance(long address, long generation) {
        How how = how(address, generation);
        if (how != How.TRIPPED) {
            keepBreak(address, generation);
        }
        long broken = how.breaks() ? BROKEN : 0;
        long at = address + RendezvousLayout.WORD;
        for (long word = Memory.getLongVolatile(at); generation(word) == generation;
                word = Memory.getLongVolatile(at)) {
            Memory.compareAndSetLong(at, word, (generation + 1) << GENERATION_SHIFT | broken);
        }
    }

    // Looking, and ends.

    /// How many have arrived and wait; a snapshot.
    ///
    /// @return the number
    public int waiting() {
        try {
            long word = word();
            checkOpen();
            return how(generation(word)) == How.NOT ? arrivals(word) : 0;
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
            return (word & BROKEN) != 0 || how(generation(word)).breaks();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How often all parties have met, or the barrier was broken.
    ///
    /// @return a count since it was created
    public long generations() {
        try {
            return generation(word()) - FIRST_GENERATION;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Breaks the generation of the parties that wait, and makes the barrier usable, in one step: a party that was
    /// freed by it can arrive again at once.
    public void reset() {
        try {
            StackRoom.probe();
            for (;;) {
                checkOpen();
                long word = goingOn(address);
                long generation = generation(word);
                if ((word & BROKEN) != 0) {
                    if (Memory.compareAndSetLong(address + RendezvousLayout.WORD, word, word & ~BROKEN)) {
                        return;
                    }
                } else if (arrivals(word) == 0 || end(generation, How.RESET, self)) {
                    return;
                }
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Breaks the generation that goes on, so that the barrier is broken until [#reset]: one step, as a time-out.
    public void abort() {
        try {
            StackRoom.probe();
            for (;;) {
                checkOpen();
                long word = goingOn(address);
                if ((word & BROKEN) != 0 || end(generation(word), How.ABORTED, self)) {
                    return;
                }
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Breaks a barrier of which a party died. The caller is the only one that does so for that process, may die at any
    /// step, and is followed by another one then.
    ///
    /// @param address of the barrier
    /// @param dead owner
    /// @param pid its process id, for people; 0 if it is not known
    /// @param parking wakes sleepers
    public static void recover(long address, int dead, long pid, Parking parking) {
        long handles = RendezvousLayout.handles(address, dead);
        if (Memory.getIntVolatile(handles) > 0) {
            Victim.put(address + RendezvousLayout.VICTIM, dead, pid);
            for (long word = goingOn(address); (word & BROKEN) == 0; word = goingOn(address)) {
                end(address, generation(word), How.DIED, dead);
            }
            Memory.putIntVolatile(handles, 0);
        }
        new EventCount(address + RendezvousLayout.SLEEPERS, parking).wakeAll();
    }

    /// Ends this view: this process is no party any more, unless it has other views. Those of its threads that wait
    /// here, or run the action, are refused, and the barrier is broken by that.
    public synchronized void close() {
        StackRoom.probe();
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (insideHere.get() > 0) {
                end(generation(word()), How.LEFT, self);
            }
        } finally {
            Memory.getAndAddInt(RendezvousLayout.handles(address, self), -1);
            sleepers.signal();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("barrier '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
