package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.idle.WaitStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of a lock, in one thread that plays two processes.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MutexTest {
    private static final int DEAD = 2;
    private static final long MILLI = 1_000_000;

    private final Area area = new Area(Mutex.bytes(4));
    private final ScriptedParking parking = new ScriptedParking();
    private final Mutex lock = view(1, Mutex.Options.poison(false, PARK));
    private final Mutex reentrant = view(1, Mutex.Options.poison(true, PARK));
    private final Mutex other = view(DEAD, Mutex.Options.poison(true, PARK));
    private final List<String> repairs = new ArrayList<>();

    private Mutex view(int owner, Mutex.Options options) {
        return new Mutex("test", area.address, area.size, parking, Area.owner(owner), options);
    }

    private Mutex repairing(Runnable repair) {
        return view(1, new Mutex.Options(true, DeathPolicy.REPAIR, repair, PARK));
    }

    private void die(DeathPolicy policy) {
        Mutex.recover(area.address, area.size, DEAD, 4711, policy, parking);
    }

    private static long threadId() {
        return Thread.currentThread().threadId();
    }

    private String poison() {
        return ("lock 'test' is poisoned: process 4711 died while its thread %d held it, so the guarded data may be"
                + " half changed; repair it with recover(repair), or create the lock with another policy")
                        .formatted(threadId());
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        area.close();
    }

    /// The holder, the count of acquisitions, and no sleep for a free lock.
    @Test
    void aFreeLockIsTakenAndNamesItsHolder() throws InterruptedException {
        assertThat(lock.isLocked()).isFalse();
        assertThat(lock.holder().owner()).isZero();
        lock.lock();
        assertThat(lock.isLocked()).isTrue();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        assertThat(lock.holdCount()).isEqualTo(1);
        assertThat(other.isHeldByCurrentThread()).isFalse();
        assertThat(other.holdCount()).isZero();
        assertThat(other.holder().owner()).isEqualTo(1);
        assertThat(other.holder().thread()).isEqualTo(threadId());
        lock.unlock();
        lock.lockInterruptibly();
        lock.unlock();
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
        assertThat(lock.tryLock(MILLI)).isTrue();
        lock.unlock();
        assertThat(lock.isLocked()).isFalse();
        assertThat(lock.holdCount()).isZero();
        assertThat(other.acquisitions()).isEqualTo(4);
        assertThat(parking.wakes).isZero();
    }

    /// A try returns at once, also with a time-out of zero or less, and takes no lock from another holder.
    @Test
    void aHeldLockIsRefusedToTries() throws InterruptedException {
        other.lock();
        assertThat(lock.tryLock()).isFalse();
        assertThat(lock.tryLock(0)).isFalse();
        assertThat(lock.tryLock(-1)).isFalse();
        assertThat(lock.tryLock(Long.MIN_VALUE)).isFalse();
        assertThat(other.isHeldByCurrentThread()).isTrue();
        other.unlock();
        assertThat(lock.tryLock(0)).isTrue();
        lock.unlock();
        assertThat(lock.tryLock(-1)).isTrue();
    }

    /// A passed time-out is a result, never early; before it passes, the lock is taken.
    @Test
    void aTimedTryWaitsAsLongAsItSays() throws InterruptedException {
        other.lock();
        parking.always(() -> {});
        long start = System.nanoTime();
        assertThat(lock.tryLock(3 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(3 * MILLI);
        parking.then(() -> {}).then(other::unlock);
        assertThat(lock.tryLock(Long.MAX_VALUE)).isTrue();
        assertThat(parking.isPlayed()).isTrue();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
    }

    /// A second lock by the holder is an error, and changes nothing; a try returns false, in time.
    @Test
    void aLockThatIsNotReentrantRefusesItsHolder() throws InterruptedException {
        lock.lock();
        String text = "lock 'test': this thread has it already, and it is not reentrant; unlock it first, or use a"
                + " reentrant lock";
        assertThatThrownBy(lock::lock).isInstanceOf(IllegalMonitorStateException.class).hasMessage(text);
        assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(IllegalMonitorStateException.class).hasMessage(text);
        assertThat(lock.tryLock()).isFalse();
        assertThat(lock.tryLock(0)).isFalse();
        parking.always(() -> {});
        long start = System.nanoTime();
        assertThat(lock.tryLock(3 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(3 * MILLI);
        assertThat(lock.holdCount()).isEqualTo(1);
        lock.unlock();
        assertThat(lock.isLocked()).isFalse();
    }

    /// As many unlocks as locks, in any of the four ways, through any view of the process.
    @Test
    void aReentrantLockCountsItsHolds() throws InterruptedException {
        reentrant.lock();
        reentrant.lockInterruptibly();
        assertThat(reentrant.tryLock()).isTrue();
        assertThat(view(1, Mutex.Options.poison(true, PARK)).tryLock(0)).isTrue();
        for (int holds = 4; holds > 0; holds--) {
            assertThat(reentrant.holdCount()).isEqualTo(holds);
            assertThat(other.tryLock()).isFalse();
            reentrant.unlock();
        }
        assertThat(reentrant.holdCount()).isZero();
        assertThat(other.tryLock()).isTrue();
        assertThat(other.holdCount()).isEqualTo(1);
    }

    /// The hold after 2^31 is refused, and the count does not wrap to zero.
    @Test
    void holdsDoNotOverflow() {
        reentrant.lock();
        reentrant.setExtraHolds(Integer.MAX_VALUE);
        assertThatThrownBy(reentrant::lock).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("lock 'test': held 2^31 times by one thread; unlock it as often as it was locked");
        assertThat(reentrant.extraHolds()).isEqualTo(Integer.MAX_VALUE);
    }

    /// The exception for a thread without the lock names the holder.
    @Test
    void onlyTheHolderCanUnlock() {
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("lock 'test': unlock by thread %d of owner 1, which does not have it; no thread does",
                        threadId());
        other.lock();
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("lock 'test': unlock by thread %1$d of owner 1, which does not have it; thread %1$d of"
                        + " owner 2 does", threadId());
        assertThat(other.isHeldByCurrentThread()).isTrue();
    }

    /// An interrupt before the call wins over a free lock, and is cleared.
    @Test
    void anInterruptBeforeIsThrownWhereItIsDeclared() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lock.tryLock(0)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(lock.isLocked()).isFalse();
    }

    /// An interrupt ends an interruptible wait; an uninterruptible wait goes on and keeps it.
    @Test
    void anInterruptMeanwhileIsThrownOrKept() {
        other.lock();
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> lock.tryLock(Long.MAX_VALUE)).isInstanceOf(InterruptedException.class);
        parking.then(() -> Thread.currentThread().interrupt()).then(other::unlock);
        lock.lock();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
    }

    /// A closed view throws on every call but the unlock of a held lock, and leaves the lock as it was.
    @Test
    void aClosedViewThrows() {
        reentrant.lock();
        reentrant.close();
        reentrant.unlock();
        String text = "lock 'test': this handle was closed";
        List<Runnable> calls = List.of(reentrant::lock, reentrant::tryLock, reentrant::unlock, reentrant::isLocked,
                reentrant::isHeldByCurrentThread, reentrant::holdCount, reentrant::isPoisoned,
                () -> reentrant.recover(() -> {}), () -> reentrant.condition(0).waiting());
        for (Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(ClosedException.class).hasMessage(text);
        }
        assertThatThrownBy(reentrant::lockInterruptibly).isInstanceOf(ClosedException.class)
                .hasMessage(text);
        assertThatThrownBy(() -> reentrant.tryLock(MILLI)).isInstanceOf(ClosedException.class)
                .hasMessage(text);
        assertThat(other.isLocked()).isFalse();
    }

    /// A wait ends when its view is closed; the lock stays with its holder.
    @Test
    void closingEndsAWait() {
        other.lock();
        parking.then(lock::close);
        assertThatThrownBy(lock::lock).isInstanceOf(ClosedException.class)
                .hasMessage("lock 'test': this handle was closed");
        assertThat(other.isHeldByCurrentThread()).isTrue();
    }

    /// A refused second hold through a closed view releases that hold only: the first one stays, and the next holder
    /// finds no leftover count.
    @Test
    void aClosedViewRefusesOneHoldAndKeepsTheOthers() {
        Mutex second = view(1, Mutex.Options.poison(true, PARK));
        second.lock();
        reentrant.close();
        assertThatThrownBy(reentrant::lock).isInstanceOf(ClosedException.class);
        assertThat(second.holdCount()).isEqualTo(1);
        second.unlock();
        other.lock();
        assertThat(other.holdCount()).isEqualTo(1);
        other.unlock();
        assertThat(other.isLocked()).isFalse();
    }

    /// The lock of a dead holder is refused to all, and the message names the dead process.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeadHolderPoisons(boolean again) throws InterruptedException {
        other.lock();
        if (again) {
            other.lock();
        }
        die(DeathPolicy.POISON);
        assertThat(lock.isPoisoned()).isTrue();
        assertThat(lock.isLocked()).isFalse();
        assertThat(lock.deaths()).isEqualTo(1);
        assertThat(lock.holder()).isEqualTo(new Mutex.Holder(2, threadId(), true, 4711));
        assertThatThrownBy(lock::lock).isInstanceOfSatisfying(LockPoisonedException.class, poisoned -> {
            assertThat(poisoned).hasMessage(poison());
            assertThat(poisoned.pid()).isEqualTo(4711);
            assertThat(poisoned.thread()).isEqualTo(threadId());
        });
        assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(LockPoisonedException.class);
        assertThatThrownBy(lock::tryLock).isInstanceOf(LockPoisonedException.class);
        assertThatThrownBy(() -> lock.tryLock(MILLI)).isInstanceOf(LockPoisonedException.class);
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageEndingWith("no thread does");
        assertThat(lock.isPoisoned()).isTrue();
        assertThat(lock.recover(() -> assertThat(lock.isHeldByCurrentThread()).isTrue())).isTrue();
        assertThat(lock.isPoisoned()).isFalse();
        assertThat(reentrant.tryLock()).isTrue();
        assertThat(reentrant.holdCount()).isEqualTo(1);
    }

    /// Without a process id the text says that it is not known.
    @Test
    void anUnknownProcessIsCalledUnknown() {
        other.lock();
        Mutex.recover(area.address, area.size, DEAD, 0, DeathPolicy.POISON, parking);
        assertThatThrownBy(lock::lock).hasMessageStartingWith(
                "lock 'test' is poisoned: process (unknown) died while its thread ");
    }

    /// Waiters get an exception, and stop waiting.
    @Test
    void aWaiterLearnsOfADeath() {
        other.lock();
        parking.then(() -> die(DeathPolicy.POISON));
        assertThatThrownBy(lock::lock).isInstanceOf(LockPoisonedException.class).hasMessage(poison());
        assertThat(lock.isPoisoned()).isTrue();
    }

    /// A wait sweeps after each slice: no other thread is needed.
    @ParameterizedTest
    @EnumSource(WaitStrategy.class)
    void aWaiterSweepsItself(WaitStrategy strategy) {
        other.lock();
        parking.always(() -> {});
        Mutex waiter = new Mutex("test", area.address, area.size, parking,
                Area.owner(1, () -> die(DeathPolicy.POISON)), Mutex.Options.poison(false, strategy));
        assertThatThrownBy(waiter::lock).isInstanceOf(LockPoisonedException.class).hasMessage(poison());
    }

    /// A death without the lock leaves it to its holder.
    @Test
    void theDeathOfAnotherOwnerPoisonsNothing() {
        lock.lock();
        die(DeathPolicy.POISON);
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.unlock();
        die(DeathPolicy.POISON);
        assertThat(lock.isPoisoned()).isFalse();
        assertThat(lock.deaths()).isZero();
    }

    /// With IGNORE the next caller gets the lock, with one hold.
    @Test
    void aDeathCanBeIgnored() {
        Mutex ignoring = view(1, new Mutex.Options(true, DeathPolicy.IGNORE, () -> {}, PARK));
        other.lock();
        other.lock();
        die(DeathPolicy.IGNORE);
        assertThat(ignoring.isPoisoned()).isFalse();
        assertThat(ignoring.deaths()).isEqualTo(1);
        ignoring.lock();
        assertThat(ignoring.holdCount()).isEqualTo(1);
        ignoring.unlock();
        assertThat(ignoring.isLocked()).isFalse();
    }

    /// With REPAIR the next caller repairs first, once, and then has the lock.
    @Test
    void theNextHolderRepairs() throws InterruptedException {
        Mutex repairing = repairing(() -> repairs.add("by " + lock.holder().owner()));
        List<Runnable> ways = List.of(repairing::lock, repairing::tryLock);
        for (Runnable way : ways) {
            repairs.clear();
            other.lock();
            other.lock();
            die(DeathPolicy.REPAIR);
            assertThat(repairing.isPoisoned()).isTrue();
            way.run();
            assertThat(repairs).containsExactly("by 1");
            assertThat(repairing.holdCount()).isEqualTo(1);
            repairing.unlock();
            assertThat(repairing.tryLock(MILLI)).isTrue();
            assertThat(repairs).hasSize(1);
            repairing.unlock();
        }
    }

    /// A repair that throws leaves the lock poisoned, and the caller without it; the next caller may repair it.
    @Test
    void aRepairThatFailsLeavesThePoison() {
        Mutex repairing = repairing(() -> {
            repairs.add("tried");
            if (repairs.size() == 1) {
                throw new IllegalArgumentException("cannot");
            }
        });
        other.lock();
        die(DeathPolicy.REPAIR);
        assertThatThrownBy(repairing::lock).isInstanceOf(IllegalArgumentException.class).hasMessage("cannot");
        assertThat(repairing.isHeldByCurrentThread()).isFalse();
        assertThat(repairing.isPoisoned()).isTrue();
        assertThatThrownBy(lock::lock).isInstanceOf(LockPoisonedException.class).hasMessage(poison());
        repairing.lock();
        assertThat(repairs).hasSize(2);
        assertThat(repairing.isHeldByCurrentThread()).isTrue();
    }

    /// The same by a direct call; a repair of a lock that is not poisoned does not run.
    @Test
    void recoveringByHandRunsTheRepairUnderTheLock() {
        assertThat(reentrant.recover(() -> repairs.add("never"))).isFalse();
        other.lock();
        assertThat(reentrant.recover(() -> repairs.add("never"))).isFalse();
        die(DeathPolicy.POISON);
        assertThatThrownBy(() -> reentrant.recover(() -> {
            reentrant.lock();
            throw new IllegalArgumentException("cannot");
        })).isInstanceOf(IllegalArgumentException.class).hasMessage("cannot");
        assertThat(reentrant.isPoisoned()).isTrue();
        assertThatThrownBy(lock::lock).isInstanceOf(LockPoisonedException.class).hasMessage(poison());
        assertThat(reentrant.recover(
                () -> repairs.add("by " + reentrant.holder().owner() + " with " + reentrant.holdCount())))
                .isTrue();
        assertThat(repairs).containsExactly("by 1 with 1");
        assertThat(reentrant.isLocked()).isFalse();
        assertThat(reentrant.isPoisoned()).isFalse();
    }

    /// A repair that locks once more than it unlocks leaves no hold to the next holder.
    @Test
    void aRepairLeavesNoHoldsBehind() {
        other.lock();
        die(DeathPolicy.POISON);
        assertThat(reentrant.recover(reentrant::lock)).isTrue();
        assertThat(reentrant.isLocked()).isFalse();
        other.lock();
        assertThat(other.holdCount()).isEqualTo(1);
    }

    /// A repair that releases the lock and then fails cannot take it from its next holder.
    @Test
    void aRepairThatUnlocksAndFailsTakesTheLockFromNoOtherHolder() {
        other.lock();
        die(DeathPolicy.POISON);
        Mutex next = view(3, Mutex.Options.poison(false, PARK));
        assertThatThrownBy(() -> lock.recover(() -> {
            lock.unlock();
            next.lock();
            throw new IllegalArgumentException("cannot");
        })).isInstanceOf(IllegalArgumentException.class);
        assertThat(next.isHeldByCurrentThread()).isTrue();
    }

    /// There are sixteen conditions.
    @Test
    void conditionsAreNumbered() {
        assertThat(lock.condition(0)).isNotNull();
        assertThat(lock.condition(15)).isNotNull();
        assertThatThrownBy(() -> lock.condition(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lock 'test': condition -1 is not between 0 and 15");
        assertThatThrownBy(() -> lock.condition(16)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lock 'test': condition 16 is not between 0 and 15");
    }
}
