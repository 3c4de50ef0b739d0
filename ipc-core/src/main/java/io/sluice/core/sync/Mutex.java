package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.idle.WaitStrategy;
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

/// A lock in shared memory, as one process sees it. Owned by a thread of a process; survives its owner.
///
/// - **Threads:** any, platform or virtual; two views of one lock in one process are the same lock.
/// - **Ordering:** what happened before an unlock happens-before what follows the next lock, in any process.
/// - **Allocation:** none, but for a wait of more than 20 ms, which allocates some hundred bytes.
/// - **Lifetime:** the memory must stay mapped while the view is in use; [#close] only marks this view.
/// - **Algorithm:** test-and-set with barging, a sleepers' word beside it, and a promise to whoever has lost too often,
///   as in the starvation mode of Go's `sync.Mutex` (D. Vyukov, 2017), but without a hand-over: a promised lock is
///   free, so its heir may die or be stopped without holding anything up for good.
public final class Mutex {
    /*
     * While a thread holds the lock, the word is its own: nobody else changes it, except recovery when the process is
     * dead. So unlock needs no atomic instruction, only a release store:
     *
     *   lock     CAS  0 -> me             or promised -> me, by the heir
     *   unlock   store me -> 0            or promised, if there is an heir
     *   recovery CAS  dead -> poisoned    (or 0, by policy), under the dead slot's kernel lock
     *   repair   CAS  poisoned -> me      and back to poisoned if the repair fails or its process dies
     *
     * A death before the CAS of lock leaves nothing; after it, and before the store of unlock, it leaves a word that
     * names the dead. There is no other state. The fields beside the word are written by its holder only, and mean
     * nothing while it is free.
     *
     * Lost wake-ups. Sleepers announce themselves on an EventCount, fence for both sides and look at the word again;
     * unlock stores the word and then reads the count: the proof is there. One sleeper is woken for each unlock, and
     * the count keeps its mark while others sleep. Three things can swallow that call: the woken one is killed, it is
     * stopped, or it gives up. Recovery of the killed one wakes all sleepers, announced or not: the dead one may also
     * have taken the mark and not called. While one is stopped, the sweeper sees that the word moved and that others
     * sleep on, and calls the next one (see Waiter). A waiter that gives up passes the call on.
     *
     * Starvation. Whoever unlocks may lock again before a woken waiter has come to life, and so it wins nearly always.
     * A waiter therefore reads how often the lock was taken when it began to wait. When it has lost LOSSES_ALLOWED
     * times, and LOSING_NANOS have gone by, it makes itself the heir by CAS 0 -> me on a word of its own. The next
     * unlock that sees an heir leaves the word at *promised*, which only the heir may take, and wakes all sleepers, for
     * it may be any of them. An unlock that did not see it yet is followed by one that does; so a heir loses at most
     * one more time, and one that waits to become heir, as often as there are others before it. A heir that is stopped
     * or slow does not hold up the rest: who has seen the word promised for PATIENCE_NANOS takes it nevertheless, and
     * the promise stands for the next unlock. A heir that gives up, and recovery for one that died, take it back.
     *
     * Errors. What takes the lock begins with a look at the stack, so nothing fails between the CAS and the return, or
     * between a failure and the steps that give up. Unlock does not look: it needs less stack than lock has found, and
     * must not be refused at the depth where lock was not. It fails before its store, and the lock is held, or in the
     * call of the sleepers, and the lock is free; the sleepers then go on when their slice ends.
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

    /// What a lock is, apart from where it is.
    ///
    /// @param reentrant whether its holder may take it again
    /// @param policy what becomes of it when its holder dies
    /// @param repair run under the lock by whoever gets it after a death, for [DeathPolicy#REPAIR]; otherwise unused
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
    /// @param bytes size of the area, at least [#bytes] of 0; what exceeds it are places to wait on conditions
    /// @param parking how to sleep
    /// @param liveness who this process is, and who lives
    /// @param options what it is
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
        this.waiter = new Waiter(sleepers, liveness, strategy);
    }

    /// Size of the area of a lock.
    ///
    /// @param conditionWaiters how many threads, over all processes, can wait on its conditions at the same time
    /// @return bytes
    public static long bytes(int conditionWaiters) {
        return LockLayout.FIRST_ENTRY + (long) conditionWaiters * LockLayout.ENTRY_BYTES;
    }

    // Taking it.

    /// Takes the lock, and waits for it as long as it takes. An interrupt is kept for later.
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

    /// The same, for a caller that has looked at the stack when it gave the lock away.
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
            return reentrant && again();
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
        // Not a try first, which would take what is promised to another thread.
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

    /// The one step that takes the lock. Pairs with the release store of [#release]: what the last holder did is
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
    private boolean again() {
        if (!reentrant) {
            throw new IllegalMonitorStateException(
                    ("lock '%s': this thread has it already, and it is not reentrant; unlock it first, or use a"
                            + " reentrant lock").formatted(name));
        }
        int extra = Memory.getInt(address + LockLayout.EXTRA_HOLDS);
        if (extra == Integer.MAX_VALUE) {
            throw new IllegalMonitorStateException("lock '%s': held 2^31 times by one thread".formatted(name));
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

    /// The long way to the lock.
    ///
    /// @param me the word to be set; readers and writers of a read-write lock add their bits
    /// @return whether it was taken; false if the deadline passed
    boolean acquire(long me, long deadline) throws InterruptedException {
        if (word() == me && (reentrant || deadline == Waiter.FOREVER)) {
            return again();
        }
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
        long lookedAtDeaths = start;
        long takenBefore = acquisitions();
        long takenLastRound = takenBefore;
        boolean heir = false;
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
            } else if (word == LockWord.PROMISED && isPromisedTooLong(deadline) && take(me, word)) {
                return true;
            }
            long now = System.nanoTime();
            if (!heir && now - start >= LOSING_NANOS && acquisitions() - takenBefore >= LOSSES_ALLOWED) {
                heir = becomeHeir(me);
            }
            if (now - lookedAtDeaths >= Waiter.SLICE_NANOS) {
                liveness.sweep();
                lookedAtDeaths = now;
            }
            long taken = acquisitions();
            // Quiet: the holder keeps the lock. Until it moves, there are no losses to count, and no promise to break.
            boolean quiet = now - start >= Waiter.SLICE_NANOS && taken == takenLastRound;
            takenLastRound = taken;
            boolean met = quiet
                    ? waiter.await(() -> isFreeOrPromised() || acquisitions() != taken, deadline)
                    : waiter.await(heir ? freeOrPromised : free, roundEnd(start, now, deadline));
            if (!met && Waiter.isOver(deadline)) {
                return false;
            }
        }
    }

    /// A first short round, so that a loser becomes heir in time; then slices, while the lock goes from hand to hand.
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

    private boolean isPromisedTooLong(long deadline) throws InterruptedException {
        long patience = System.nanoTime() + PATIENCE_NANOS;
        boolean freed = waiter.await(notPromised,
                deadline == Waiter.FOREVER || deadline - patience > 0 ? patience : deadline);
        if (!freed && word() == LockWord.PROMISED) {
            liveness.sweep();     // the heir may be dead, and nobody else would wait long enough to look
        }
        return !freed && word() == LockWord.PROMISED && !Waiter.isOver(deadline);
    }

    private void renounce(long me) {
        long heir = address + LockLayout.HEIR;
        if (Memory.getLongVolatile(heir) == me) {
            Memory.compareAndSetLong(heir, me, 0);
        }
    }

    /// A waiter goes without the lock: it takes its promise back, and passes on a call that may have been for it.
    private void giveUp(long me) {
        renounce(me);
        breakPromise(address);
        if (!LockWord.isHeld(word())) {
            sleepers.signal();
        }
    }

    /// Nobody may be left for whom the lock is kept free.
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
            throw stranger("unlock");
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
            breakPromise(address);   // the heir may have gone between the look and the store
            sleepers.signal();
        } else {
            Memory.putLongRelease(address + LockLayout.WORD, LockWord.FREE);
            CrashPoint.UNLOCK_WORD_SET.reached();
            sleepers.signalOne();
        }
        Reachability.upToHere(this);
    }

    private IllegalMonitorStateException stranger(String what) {
        checkOpen();
        long word = word();
        return new IllegalMonitorStateException("lock '%s': %s by thread %d of owner %d, which does not have it; %s"
                .formatted(name, what, Thread.currentThread().threadId(), self,
                        LockWord.isHeld(word)
                                ? "thread %d of owner %d does".formatted(LockWord.thread(word), LockWord.owner(word))
                                : "nobody does"));
    }

    /// Refuses a thread that does not have the lock.
    ///
    /// @param what it tried
    /// @throws IllegalMonitorStateException if so
    void checkHeld(String what) {
        if (word() != me()) {
            throw stranger(what);
        }
    }

    // After a death.

    /// Takes a lock whose holder died, by its policy.
    ///
    /// @return whether the caller has it now; false if somebody else was faster
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

    /// Takes the lock if it is poisoned, repairs what it guards, declares it consistent and releases it. If the repair
    /// throws, or its process dies, the lock is poisoned as before.
    ///
    /// - **Blocking:** as long as the repair; never for others.
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
            setExtraHolds(0);       // those of the repair end with it
            release();
        }
        return true;
    }

    /// Finishes what a dead process had begun with a lock, waiters included. The caller is the only one that does so
    /// for that process, may die at any step, and is followed by another one then.
    ///
    /// @param address of the lock
    /// @param bytes size of its area
    /// @param dead owner
    /// @param pid its process id, for people; 0 if it is not known
    /// @param policy what becomes of the lock
    /// @param parking wakes sleepers
    public static void recover(
            long address, long bytes, int dead, long pid, DeathPolicy policy, Parking parking) {
        long word = Memory.getLongVolatile(address + LockLayout.WORD);
        WaitList waiters = new WaitList(address, bytes, parking);
        if (LockWord.isHeldBy(word, dead)) {
            boolean holding = LockWord.isHolding(word);
            if (holding) {
                waiters.signalAll();      // whoever should have signalled them may be the dead one
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
        waiters.recover(dead);
        new EventCount(address + LockLayout.SLEEPERS, parking).wakeAll();
    }

    // Looking.

    /// Whether somebody has the lock; a snapshot.
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

    /// How often the calling thread has the lock.
    ///
    /// @return 0 if it has not
    public int holdCount() {
        try {
            return isHeldByCurrentThread() ? 1 + Memory.getInt(address + LockLayout.EXTRA_HOLDS) : 0;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether the last holder died, and nobody has repaired since what the lock guards.
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

    /// Who has the lock, or had it when it died; from one look at the word.
    ///
    /// @param owner slot of the process; 0 if the lock is free
    /// @param thread id in the owner's process
    /// @param dead whether the owner died while it held the lock, which is poisoned since
    /// @param pid process id of a dead owner in its own eyes; 0 if it is not known, or the owner lives
    public record Holder(int owner, long thread, boolean dead, long pid) {
        private static final Holder NONE = new Holder(0, 0, false, 0);

        /// Whether a thread has the lock.
        ///
        /// @return false if it is free or poisoned
        public boolean holds() {
            return owner != 0 && !dead;
        }
    }

    /// Who has the lock, or had it when it died; a snapshot.
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

    /// How often a holder died.
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

    /// Turns a writer that arrives into one that writes. The caller has the lock.
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

    /// Ends this view: those of its threads that wait are woken, and refused. Memory and other views stay as they are.
    public void close() {
        closed = true;
        sleepers.signal();
        waiters.wakeAll();
    }

    boolean isClosed() {
        return closed;
    }

    boolean isMine() {
        return word() == me();
    }


    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("lock '%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }

    /// Read after the lock was taken: a view that was closed meanwhile may stand on memory that nobody else sees.
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
