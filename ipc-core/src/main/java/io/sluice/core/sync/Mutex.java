package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.FlightRecording;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jdk.jfr.Event;

/// One process's view of a lock in shared memory. Held by a thread of a process; survives its holder.
///
/// - **Threads:** any, platform or virtual; two views of one lock in one process are the same lock.
/// - **Ordering:** what happened before an unlock happens-before what follows the next lock, in any process.
/// - **Allocation:** none, but for a wait of more than 20 ms, which allocates some hundred bytes.
/// - **Lifetime:** the memory must stay mapped while the view is in use; [#close] only marks this view.
/// - **Algorithm:** test-and-set with barging, a sleepers' word beside it, and a promise to a waiter that lost too
///   often, as in the starvation mode of Go's `sync.Mutex` (D. Vyukov, 2017), but without a hand-over: a promised lock
///   is free, so an heir that dies or is stopped delays the others only for a limited time.
public final class Mutex {
    /*
     * While a thread holds the lock, no other thread changes the word, except recovery after the process is dead. So
     * unlock needs no atomic instruction, only a release store:
     *
     *   lock     CAS  0 -> me             or promised -> me, by the heir
     *   unlock   store me -> 0            or promised, if there is an heir
     *   recovery CAS  dead -> poisoned    (or 0, by policy), under the dead slot's kernel lock
     *   repair   CAS  poisoned -> me      and back to poisoned if the repair fails or its process dies
     *
     * A death before the CAS of lock leaves nothing; a death after it, and before the store of unlock, leaves a word
     * that names the dead holder. There is no other state. Only the holder writes the fields beside the word, and they
     * mean nothing while the lock is free.
     *
     * Lost wake-ups. Sleepers announce themselves on an EventCount, fence for both sides and look at the word again;
     * unlock stores the word and then reads the count: the proof is there. Each unlock wakes one sleeper, and the count
     * keeps its mark while others sleep. That call is lost if the woken waiter is killed, is stopped, or gives up.
     * Recovery of a killed waiter wakes all sleepers, announced or not: the dead process may also have cleared the mark
     * and not called. While a woken waiter is stopped, the sweeper sees that the word moved and that others sleep on,
     * and calls the next one (see Waiter). A waiter that gives up passes the call on.
     *
     * Starvation. An unlocking thread may lock again before a woken waiter runs, and so it wins nearly always. A waiter
     * therefore reads how often the lock was taken when it began to wait. When it has lost LOSSES_ALLOWED times, and
     * LOSING_NANOS have passed, it makes itself the heir by CAS 0 -> me on the word HEIR. The next unlock that sees an
     * heir leaves the word at *promised*, which only the heir may take, and wakes all sleepers, since any of them may
     * be the heir. An unlock that did not see the heir is followed by one that does. So an heir loses at most one more
     * time, and a waiter that waits to become heir, once more for each heir before it. A stopped or slow heir does not
     * block the rest: a waiter that sees the word promised for PATIENCE_NANOS takes it nevertheless, and the promise
     * stands for the next unlock. An heir that gives up takes its promise back, and recovery does so for a dead heir.
     *
     * Errors. Each operation that takes the lock probes the stack first, so nothing fails between the CAS and the
     * return, or between a failure and the steps that give up. Unlock does not probe: it needs less stack than lock has
     * found, and must not fail at the depth where lock succeeded. It fails before its store, and the lock is held, or
     * in the call that wakes sleepers, and the lock is free; the sleepers then go on when their slice ends.
     */
    static final long LOSSES_ALLOWED = 64;
    static final long LOSING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    final String name;
    final long address;
    final int self;
    final Parking parking;
    final Liveness liveness;
    final WaitStrategy strategy;
    private final DeathPolicy policy;
    private final Runnable repair;
    private final boolean reentrant;
    private final WaitList waiters;
    private final EventCount sleepers;
    private final Waiter waiter;
    private final BooleanSupplier free = this::isFree;
    private final BooleanSupplier freeOrPromised = this::isFreeOrPromised;
    private final BooleanSupplier notPromised = this::isNotPromised;
    private volatile boolean closed;

    /// The options of a lock.
    ///
    /// @param reentrant whether its holder may take it again
    /// @param policy its state after its holder died
    /// @param repair run under the lock by the next holder after a death, for [DeathPolicy#REPAIR]; otherwise unused
    /// @param strategy how long waits spin
    public record Options(boolean reentrant, DeathPolicy policy, Runnable repair, WaitStrategy strategy) {
        /// A lock that is poisoned by the death of its holder.
        ///
        /// @param reentrant whether its holder may take it again
        /// @param strategy how long waits spin
        /// @return the options
        public static Options poison(boolean reentrant, WaitStrategy strategy) {
            return new Options(reentrant, DeathPolicy.POISON, () -> {}, strategy);
        }
    }

    /// A view of a lock in zeroed, or used, memory.
    ///
    /// @param name what error messages call it
    /// @param address absolute, aligned to 128
    /// @param bytes size of the area, at least [#bytes] of 0; the rest are entries for waiters on conditions
    /// @param parking how to sleep
    /// @param liveness the owner that this process is, and which owners are alive
    /// @param options of the lock
    public Mutex(String name, long address, long bytes, Parking parking, Liveness liveness, Options options) {
        this.name = name;
        this.address = address;
        this.self = liveness.self();
        this.parking = parking;
        this.liveness = liveness;
        this.strategy = options.strategy();
        this.policy = options.policy();
        this.repair = options.repair();
        this.reentrant = options.reentrant();
        this.waiters = new WaitList(address, bytes, parking);
        this.sleepers = new EventCount(address + LockLayout.SLEEPERS, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy, Wait.LOCK_ROUND);
    }

    /// Size of the area of a lock.
    ///
    /// @param conditionWaiters how many threads, over all processes, can wait on its conditions at the same time
    /// @return bytes
    public static long bytes(int conditionWaiters) {
        return LockLayout.FIRST_ENTRY + (long) conditionWaiters * LockLayout.ENTRY_BYTES;
    }

    // Taking it.

    /// Takes the lock, and waits for it without a limit. An interrupt is kept for later.
    ///
    /// @throws LockPoisonedException if its holder died and it was not repaired; the caller does not hold it then
    /// @throws IllegalMonitorStateException if the caller has it already and it is not reentrant
    public void lock() {
        try {
            StackRoom.probe();
            lockAgain();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// The same, for a caller that probed the stack before it released the lock.
    void lockAgain() {
        long me = me();
        if (!takeFree(me)) {
            acquireUninterruptibly(me, Waiter.FOREVER);
        }
        checkOpenHeld(me);
    }

    /// Takes the lock, and waits for it until interrupted.
    ///
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; the caller does not hold it
    /// @throws LockPoisonedException as for [#lock]
    /// @throws IllegalMonitorStateException as for [#lock]
    public void lockInterruptibly() throws InterruptedException {
        try {
            StackRoom.probe();
            Waiter.checkInterrupt();
            long me = me();
            if (!takeFree(me)) {
                acquire(me, Waiter.FOREVER);
            }
            checkOpenHeld(me);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Takes the lock if it is free, also if it is promised to a waiter.
    ///
    /// @return whether the caller has it now; false also if it has it already and the lock is not reentrant
    /// @throws LockPoisonedException as for [#lock]
    public boolean tryLock() {
        try {
            StackRoom.probe();
            long me = me();
            boolean taken = takeFree(me) || tryAcquire(me);
            if (taken) {
                checkOpenHeld(me);
            }
            return taken;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// One try, at any word that no other thread holds.
    boolean tryAcquire(long me) {
        checkOpen();
        long word = word();
        if (word == me) {
            return reentrant && holdAgain();
        }
        if (LockWord.isPoisoned(word)) {
            return takeOver(me, word);
        }
        return !LockWord.isHeld(word) && take(me, word);
    }

    /// Takes the lock, and waits for it no longer than this.
    ///
    /// @param timeoutNanos in nanoseconds; zero and negative try once
    /// @return whether the caller has it now; false also if it has it already and the lock is not reentrant
    /// @throws InterruptedException as for [#lockInterruptibly]
    /// @throws LockPoisonedException as for [#lock]
    public boolean tryLock(long timeoutNanos) throws InterruptedException {
        try {
            return tryLockNow(timeoutNanos);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean tryLockNow(long timeoutNanos) throws InterruptedException {
        StackRoom.probe();
        Waiter.checkInterrupt();
        if (timeoutNanos <= 0) {
            return tryLock();
        }
        long me = me();
        // No try first: a try takes a lock that is promised to another thread.
        boolean taken = takeFree(me) || acquire(me, Waiter.deadline(timeoutNanos));
        if (taken) {
            checkOpenHeld(me);
        }
        return taken;
    }

    long me() {
        return LockWord.of(self, Thread.currentThread().threadId());
    }

    long word() {
        return Memory.getLongAcquire(address + LockLayout.WORD);
    }

    private boolean takeFree(long me) {
        return word() == LockWord.FREE && take(me, LockWord.FREE);
    }

    /// The one step that takes the lock. Pairs with the release store of [#release]: the last holder's writes are
    /// visible.
    private boolean take(long me, long from) {
        if (!Memory.compareAndSetLong(address + LockLayout.WORD, from, me)) {
            return false;
        }
        CrashPoint.LOCK_WORD_SET.reached();
        // Plain: the holder's own field, on the line it has just fetched.
        long count = address + LockLayout.ACQUISITIONS;
        Memory.putLongOpaque(count, Memory.getLongOpaque(count) + 1);
        return true;
    }

    /// One more hold of a lock that the caller has.
    private boolean holdAgain() {
        if (!reentrant) {
            throw new IllegalMonitorStateException(
                    ("lock '%s': this thread has it already, and it is not reentrant; unlock it first, or use a"
                            + " reentrant lock").formatted(name));
        }
        int extra = Memory.getInt(address + LockLayout.EXTRA_HOLDS);
        if (extra == Integer.MAX_VALUE) {
            throw new IllegalMonitorStateException(
                    "lock '%s': held 2^31 times by one thread; unlock it as often as it was locked".formatted(name));
        }
        Memory.putInt(address + LockLayout.EXTRA_HOLDS, extra + 1);
        return true;
    }

    boolean acquireUninterruptibly(long me, long deadline) {
        boolean interrupted = false;
        try {
            for (;;) {
                try {
                    return acquire(me, deadline);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The slow path to the lock.
    ///
    /// @param me the word to be set; readers and writers of a read-write lock add their bits
    /// @return whether it was taken; false if the deadline passed
    boolean acquire(long me, long deadline) throws InterruptedException {
        if (word() == me && (reentrant || deadline == Waiter.FOREVER)) {
            return holdAgain();
        }
        Event wait = FlightRecording.beginWait(Wait.LOCK);
        boolean taken = false;
        try {
            taken = competeOrGiveUp(me, deadline);
            return taken;
        } finally {
            FlightRecording.endWait(wait, liveness, taken);
        }
    }

    private boolean competeOrGiveUp(long me, long deadline) throws InterruptedException {
        boolean taken = false;
        try {
            taken = compete(me, deadline);
            return taken;
        } finally {
            if (!taken) {
                giveUp(me);
            }
        }
    }

    private boolean compete(long me, long deadline) throws InterruptedException {
        long start = System.nanoTime();
        long sweptNanos = start;
        long takenBefore = acquisitions();
        long takenLastRound = takenBefore;
        boolean heir = false;
        boolean counted = false;         // as one wait, however many rounds it takes
        for (;;) {
            checkOpen();
            long word = word();
            if (LockWord.isPoisoned(word)) {
                if (takeOver(me, word)) {
                    if (heir) {
                        renounce(me);
                    }
                    return true;
                }
            } else if (word == LockWord.FREE || (word == LockWord.PROMISED && heir)) {
                if (take(me, word)) {
                    if (heir) {
                        renounce(me);
                    }
                    return true;
                }
            } else if (word == LockWord.PROMISED) {
                int kept = awaitPromise(deadline, !counted);
                counted |= (kept & Waiter.OUTLASTED) != 0;
                if ((kept & Waiter.MET) == 0 && isStillPromised(deadline) && take(me, word)) {
                    return true;
                }
                // The wait below is met while the word is promised, so it would not look at the deadline.
                if (Waiter.isOver(deadline)) {
                    return false;
                }
            }
            long now = System.nanoTime();
            if (!heir && now - start >= LOSING_NANOS && acquisitions() - takenBefore >= LOSSES_ALLOWED) {
                heir = becomeHeir(me);
            }
            if (now - sweptNanos >= Waiter.SLICE_NANOS) {
                liveness.sweep();
                sweptNanos = now;
            }
            long taken = acquisitions();
            // Quiet: the holder keeps the lock. Until it changes, no losses are counted and no promise is broken.
            boolean quiet = now - start >= Waiter.SLICE_NANOS && taken == takenLastRound;
            takenLastRound = taken;
            int round = quiet
                    ? awaitSigned(me, taken, deadline, !counted)
                    : waiter.awaitRound(heir ? freeOrPromised : free, roundEnd(start, now, deadline), !counted);
            counted |= (round & Waiter.OUTLASTED) != 0;
            if ((round & Waiter.MET) == 0 && Waiter.isOver(deadline)) {
                return false;
            }
        }
    }

    /// A wait that lasts: the thread signs, so that an observer sees it.
    private int awaitSigned(long me, long taken, long deadline, boolean counts) throws InterruptedException {
        int place = LongWaits.sign(address, me);
        try {
            return waiter.awaitRound(() -> isFreeOrPromised() || acquisitions() != taken, deadline, counts);
        } finally {
            LongWaits.erase(address, place, me);
        }
    }

    /// A first short round, so that a loser becomes heir in time; then slices, while the lock changes holders.
    private static long roundEnd(long start, long now, long deadline) {
        long waited = now - start;
        long length = waited < LOSING_NANOS ? LOSING_NANOS
                : waited < Waiter.SLICE_NANOS ? Waiter.SLICE_NANOS - waited : Waiter.SLICE_NANOS;
        return deadline == Waiter.FOREVER || deadline - now > length ? now + length : deadline;
    }

    private boolean isFree() {
        long word = word();
        return word == LockWord.FREE || LockWord.isPoisoned(word) || closed;
    }

    private boolean isNotPromised() {
        return word() != LockWord.PROMISED || closed;
    }

    private boolean isFreeOrPromised() {
        return word() == LockWord.PROMISED || isFree();
    }

    // The promise.

    private boolean becomeHeir(long me) {
        long heir = address + LockLayout.HEIR;
        if (Memory.getLongVolatile(heir) != 0 || !Memory.compareAndSetLong(heir, 0, me)) {
            return false;
        }
        CrashPoint.LOCK_HEIR_SET.reached();
        return true;
    }

    private int awaitPromise(long deadline, boolean counts) throws InterruptedException {
        long patience = System.nanoTime() + PATIENCE_NANOS;
        return waiter.awaitRound(notPromised,
                deadline == Waiter.FOREVER || deadline - patience > 0 ? patience : deadline, counts);
    }

    private boolean isStillPromised(long deadline) {
        if (word() == LockWord.PROMISED) {
            liveness.sweep();     // the heir may be dead, and no other waiter may wait long enough to sweep
        }
        return word() == LockWord.PROMISED && !Waiter.isOver(deadline);
    }

    private void renounce(long me) {
        long heir = address + LockLayout.HEIR;
        if (Memory.getLongVolatile(heir) == me) {
            Memory.compareAndSetLong(heir, me, 0);
        }
    }

    /// Ends a wait without the lock: takes the waiter's promise back, and passes on a call that may have been for it.
    private void giveUp(long me) {
        renounce(me);
        breakPromise(address);
        if (!LockWord.isHeld(word())) {
            sleepers.signal();
        }
    }

    /// Frees a promised lock that no heir waits for.
    private static void breakPromise(long address) {
        long word = Memory.getLongVolatile(address + LockLayout.WORD);
        if (word == LockWord.PROMISED && Memory.getLongVolatile(address + LockLayout.HEIR) == 0) {
            Memory.compareAndSetLong(address + LockLayout.WORD, LockWord.PROMISED, LockWord.FREE);
        }
    }

    // Releasing it.

    /// Releases the lock, or one hold of it.
    ///
    /// @throws IllegalMonitorStateException if the calling thread does not have it
    public void unlock() {
        try {
            unlockNow();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private void unlockNow() {
        long me = me();
        if (word() != me) {
            throw notHeld("unlock");
        }
        if (reentrant) {
            int extra = Memory.getInt(address + LockLayout.EXTRA_HOLDS);
            if (extra > 0) {
                Memory.putInt(address + LockLayout.EXTRA_HOLDS, extra - 1);
                return;
            }
        }
        release();
    }

    /// The one step that releases the lock. The caller has it.
    void release() {
        boolean promised = Memory.getLongOpaque(address + LockLayout.HEIR) != 0;
        // Pairs with the compare-and-set of take(), and with the acquire of word().
        if (promised) {
            Memory.putLongVolatile(address + LockLayout.WORD, LockWord.PROMISED);
            CrashPoint.UNLOCK_WORD_SET.reached();
            breakPromise(address);   // the heir may have given up between the look and the store
            sleepers.signal();
        } else {
            Memory.putLongRelease(address + LockLayout.WORD, LockWord.FREE);
            CrashPoint.UNLOCK_WORD_SET.reached();
            sleepers.signalOne();
        }
        Reachability.upToHere(this);
    }

    private IllegalMonitorStateException notHeld(String what) {
        checkOpen();
        long word = word();
        return new IllegalMonitorStateException("lock '%s': %s by thread %d of owner %d, which does not have it; %s"
                .formatted(name, what, Thread.currentThread().threadId(), self,
                        LockWord.isHeld(word)
                                ? "thread %d of owner %d does".formatted(LockWord.thread(word), LockWord.owner(word))
                                : "no thread does"));
    }

    /// Refuses a thread that does not have the lock.
    ///
    /// @param what it tried
    /// @throws IllegalMonitorStateException if so
    void checkHeld(String what) {
        if (word() != me()) {
            throw notHeld(what);
        }
    }

    // After a death.

    /// Takes a lock whose holder died, by its policy.
    ///
    /// @return whether the caller has it now; false if another thread was faster
    private boolean takeOver(long me, long poisoned) {
        if (policy != DeathPolicy.REPAIR) {
            throw poisoned(poisoned);
        }
        if (!take(LockWord.holding(me), poisoned)) {
            return false;
        }
        repair(LockWord.holding(me), poisoned, repair);
        return true;
    }

    private void repair(long me, long poisoned, Runnable work) {
        boolean repaired = false;
        try {
            CrashPoint.LOCK_REPAIR_BEGUN.reached();
            work.run();
            repaired = true;
        } finally {
            if (!repaired && word() == me) {      // the repair may have given it away
                Memory.putInt(address + LockLayout.EXTRA_HOLDS, 0);
                Memory.putLongRelease(address + LockLayout.WORD, poisoned);
                sleepers.signal();
            }
        }
    }

    private LockPoisonedException poisoned(long word) {
        return new LockPoisonedException(name, victim(LockWord.owner(word)), LockWord.thread(word));
    }

    /// Takes the lock if it is poisoned, runs the repair of the guarded data, marks the lock as usable and releases it.
    /// If the repair throws, or its process dies, the lock is poisoned as before.
    ///
    /// - **Blocking:** for the duration of the repair; never for other threads.
    ///
    /// @param work run while this thread holds the lock
    /// @return whether this call repaired it; false if it is not poisoned, or not any more
    public boolean recover(Runnable work) {
        try {
            return recoverNow(work);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean recoverNow(Runnable work) {
        StackRoom.probe();
        checkOpen();
        long me = me();
        long word = word();
        if (!LockWord.isPoisoned(word) || !take(me, word)) {
            return false;
        }
        repair(me, word, work);
        if (word() == me) {
            setExtraHolds(0);       // holds that the repair left end with it
            release();
        }
        return true;
    }

    /// Finishes the operations of a dead process on a lock, its waiters included. Only one process at a time calls it
    /// for a dead owner. It may die at any step; another process then repeats the call.
    ///
    /// @param address of the lock
    /// @param bytes size of its area
    /// @param dead owner
    /// @param pid its process id, for messages; 0 if it is not known
    /// @param policy the state of the lock after the death
    /// @param parking wakes sleepers
    public static void recover(
            long address, long bytes, int dead, long pid, DeathPolicy policy, Parking parking) {
        long word = Memory.getLongVolatile(address + LockLayout.WORD);
        WaitList waiters = new WaitList(address, bytes, parking);
        if (LockWord.isHeldBy(word, dead)) {
            boolean holding = LockWord.isHolding(word);
            if (holding) {
                waiters.signalAll();      // the dead owner may have been about to signal them
            }
            Memory.putInt(address + LockLayout.EXTRA_HOLDS, 0);
            Victim.put(address + LockLayout.VICTIM, dead, pid);
            long left = !holding || policy == DeathPolicy.IGNORE ? LockWord.FREE : word | LockWord.POISONED;
            if (Memory.compareAndSetLong(address + LockLayout.WORD, word, left) && holding) {
                Memory.getAndAddInt(address + LockLayout.DEATHS, 1);
            }
            CrashPoint.RECOVER_LOCK_TAKEN.reached();
        }
        long heir = Memory.getLongVolatile(address + LockLayout.HEIR);
        if (LockWord.owner(heir) == dead) {
            Memory.compareAndSetLong(address + LockLayout.HEIR, heir, 0);
        }
        breakPromise(address);
        LongWaits.recover(address, dead);
        waiters.recover(dead);
        new EventCount(address + LockLayout.SLEEPERS, parking).wakeAll();
    }

    // Looking.

    /// Whether a thread has the lock; a snapshot.
    ///
    /// @return true if so
    public boolean isLocked() {
        try {
            checkOpen();
            return LockWord.isHeld(word());
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether the calling thread has the lock.
    ///
    /// @return true if so
    public boolean isHeldByCurrentThread() {
        try {
            checkOpen();
            return word() == me();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many holds of the lock the calling thread has.
    ///
    /// @return 0 if it has none
    public int holdCount() {
        try {
            return isHeldByCurrentThread() ? 1 + Memory.getInt(address + LockLayout.EXTRA_HOLDS) : 0;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether the last holder died, and the guarded data has not been repaired since.
    ///
    /// @return true if so
    public boolean isPoisoned() {
        try {
            checkOpen();
            return LockWord.isPoisoned(word());
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// The holder of the lock, alive or dead; from one read of the word.
    ///
    /// @param owner slot of the process; 0 if the lock is free
    /// @param thread id in the owner's process
    /// @param dead whether the owner died while it held the lock, which is poisoned since
    /// @param pid process id of a dead owner, in its own pid namespace; 0 if it is not known, or the owner lives
    public record Holder(int owner, long thread, boolean dead, long pid) {
        private static final Holder NONE = new Holder(0, 0, false, 0);

        /// Whether a thread has the lock.
        ///
        /// @return false if it is free or poisoned
        public boolean holds() {
            return owner != 0 && !dead;
        }
    }

    /// The holder of the lock, alive or dead; a snapshot.
    ///
    /// @return owner and thread of the same moment
    public Holder holder() {
        try {
            long word = word();
            int owner = LockWord.owner(word);
            if (owner == 0) {
                return Holder.NONE;
            }
            boolean dead = LockWord.isPoisoned(word);
            return new Holder(owner, LockWord.thread(word), dead, dead ? victim(owner) : 0);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private long victim(int owner) {
        return Victim.pid(address + LockLayout.VICTIM, owner);
    }

    /// How often the lock was taken, over all processes.
    ///
    /// @return a count since it was created
    public long acquisitions() {
        try {
            return Memory.getLongOpaque(address + LockLayout.ACQUISITIONS);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many holders died.
    ///
    /// @return a count since it was created
    public int deaths() {
        try {
            return Memory.getIntOpaque(address + LockLayout.DEATHS);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// A condition of this lock.
    ///
    /// @param number which one, 0 to 15; the same number is the same condition in every process
    /// @return a view of it
    /// @throws IllegalArgumentException if there is no such number
    public MutexCondition condition(int number) {
        if (number < 0 || number >= WaitEntry.CONDITIONS) {
            throw new IllegalArgumentException("lock '%s': condition %,d is not between 0 and %d"
                    .formatted(name, number, WaitEntry.CONDITIONS - 1));
        }
        return new MutexCondition(this, number, waiters);
    }

    /// Turns an arriving writer into a writing one. The caller has the lock.
    void arrived() {
        Memory.putLongRelease(address + LockLayout.WORD, me());
    }

    int extraHolds() {
        return Memory.getInt(address + LockLayout.EXTRA_HOLDS);
    }

    void setExtraHolds(int extra) {
        Memory.putInt(address + LockLayout.EXTRA_HOLDS, extra);
    }

    // The end.

    /// Ends this view: its waiting threads are woken and get an exception. Memory and other views stay as they are.
    public void close() {
        closed = true;
        sleepers.signal();
        waiters.wakeAll();
    }

    boolean isClosed() {
        return closed;
    }

    boolean isHeldByCaller() {
        return word() == me();
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException("lock '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }

    /// Checked after the lock was taken: a view that was closed meanwhile may act on memory that no other process sees.
    private void checkOpenHeld(long me) {
        if (closed) {
            if (word() == me) {
                unlock();           // this hold; the thread may have others, through another view
            }
            checkOpen();
        }
        Reachability.upToHere(this);
    }
}
