package io.sluice.shm.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.LockOptions.OnOwnerDeath;
import io.sluice.shm.lock.LockOptions.OnOwnerDeath;
import io.sluice.shm.value.SharedLong;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A lock whose holder's process is killed, under each policy that it can be created with.
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"})
class LockDeathTest extends HandleTest {
    private static OwnedLock lock(SharedSpace space, boolean reentrant, LockOptions options) {
        return reentrant ? space.reentrantLock("l", options) : space.lock("l", options);
    }

    /// A process that has taken the lock, to be killed. @return its thread
    private static long takeIn(Peer peer, String home, boolean reentrant, OnOwnerDeath policy) {
        return peer.call(desk -> {
            LockOptions usual = LockOptions.defaults();
            LockOptions options = new LockOptions(policy, null, usual.conditionWaiters());
            lock(desk.space(home), reentrant, options).lock();
            return Thread.currentThread().threadId();
        });
    }

    /// A waiter and a later locker learn which process died, and do not hold the lock; after a repair it works.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKilledHolderPoisonsTheLockUntilItIsRepaired(boolean reentrant) {
        OwnedLock lock = lock(space, reentrant, LockOptions.defaults());
        Peer holder = sandbox.peer();
        long thread = takeIn(holder, root, reentrant, OnOwnerDeath.POISON);
        Reply<Object> waiting = threads().<Object>start(desk -> {
            desk.tellWhenWaiting();
            lock.lock();
            return null;
        }).awaitWaiting();
        holder.close();
        String message = ("lock 'l' is poisoned: process %d died while its thread %d held it, so the guarded data may"
                + " be half changed; repair it with recover(repair), or create the lock with another policy")
                .formatted(holder.pid(), thread);
        assertThat(waiting.failure()).isInstanceOf(LockPoisonedException.class).hasMessage(message);
        List<ThrowingCallable> methods = List.of(
                lock::lock, lock::lockInterruptibly, lock::tryLock, lock::hold,
                () -> lock.tryLock(0, TimeUnit.DAYS), () -> lock.tryLock(1, TimeUnit.DAYS));
        for (ThrowingCallable method : methods) {
            assertThatThrownBy(method).isInstanceOfSatisfying(LockPoisonedException.class, poisoned -> {
                assertThat(poisoned).hasMessage(message);
                assertThat(poisoned.pid()).isEqualTo(holder.pid());
                assertThat(poisoned.thread()).isEqualTo(thread);
            });
        }
        assertThat(lock.isPoisoned()).isTrue();
        assertThat(lock.isLocked()).isFalse();
        assertThat(lock.isHeldByCurrentThread()).isFalse();
        assertThat(lock.owner()).isEmpty();
        assertThat(lock.ownerDeaths()).isEqualTo(1);
        assertThat(lock.toString())
                .endsWith("[l, poisoned by thread %d of process %d]".formatted(thread, holder.pid()));

        assertThatThrownBy(() -> lock.recover(() -> {
            throw new IllegalStateException("cannot");
        })).hasMessage("cannot");
        assertThat(lock.isPoisoned()).isTrue();
        assertThat(lock.recover(() -> assertThat(lock.isHeldByCurrentThread()).isTrue())).isTrue();
        assertThat(lock.recover(() -> {
            throw new AssertionError("nothing to repair");
        })).isFalse();
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
        assertThat(lock.isLocked()).isFalse();
    }

    /// A handle that travels brings its repair with it, which is a plain lambda; the next holder, in another process,
    /// runs it once, under the lock, and no later one does.
    @Test
    void theNextHolderRunsTheRepair() {
        SharedLong repairs = space.longValue("n", 0);
        LockOptions options = LockOptions.repair(repairs::incrementAndGet);
        SharedLock lock = space.lock("l", options);
        String home = root;
        Peer holder = sandbox.peer();
        holder.call(desk -> {
            lock.lock();
            desk.keep("lock", lock);
            return null;
        });
        peer().call(desk -> desk.space(home).longValue("n", 0).get());    // attached before any process dies
        holder.close();
        peer().call(desk -> {
            lock.lock();
            lock.unlock();
            lock.close();
            return null;
        });
        assertThat(repairs.get()).isEqualTo(1);
        lock.lock();
        lock.unlock();
        assertThat(repairs.get()).isEqualTo(1);
        assertThat(lock.ownerDeaths()).isEqualTo(1);
    }

    /// A repair that fails leaves the lock poisoned for the next holder, which tries again; a handle that was opened
    /// without a repair treats the lock as poisoned.
    @Test
    void aRepairThatFailsIsTriedAgain() {
        String home = root;
        boolean[] fails = {true};
        LockOptions options = LockOptions.repair(() -> {
            if (fails[0]) {
                throw new IllegalStateException("cannot");
            }
        });
        SharedLock lock = space.lock("l", options);
        Peer holder = sandbox.peer();
        takeIn(holder, home, false, OnOwnerDeath.REPAIR);
        holder.close();
        assertThatThrownBy(lock::lock).hasMessage("cannot");
        assertThat(lock.isPoisoned()).isTrue();
        LockOptions usual = LockOptions.defaults();
        SharedLock bare = space.lock("l", new LockOptions(
                OnOwnerDeath.REPAIR, null, usual.conditionWaiters()));
        assertThatThrownBy(bare::lock).isInstanceOf(LockPoisonedException.class);
        bare.close();
        fails[0] = false;
        lock.lock();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.unlock();
    }

    /// Under the third policy a death is an unlock.
    @Test
    void aDeathThatIsIgnoredIsAnUnlock() {
        SharedReentrantLock lock = space.reentrantLock("l", LockOptions.ignore());
        Peer holder = sandbox.peer();
        takeIn(holder, root, true, OnOwnerDeath.IGNORE);
        Reply<Integer> waiting = threads().<Integer>start(desk -> {
            desk.tellWhenWaiting();
            lock.lock();
            int holds = lock.holdCount();
            lock.unlock();
            return holds;
        }).awaitWaiting();
        holder.close();
        assertThat(waiting.get()).isEqualTo(1);
        assertThat(lock.isPoisoned()).isFalse();
        assertThat(lock.ownerDeaths()).isEqualTo(1);
    }

    /// A waiter on a condition wakes up when the holder of the lock is killed, with an exception that says so. A waiter
    /// that dies is not counted any more, and its signal goes to the next.
    @Test
    void conditionsSurviveTheDeathOfTheirWaitersAndOfTheHolder() {
        String home = root;
        SharedLock lock = space.lock("l");
        Peer dying = sandbox.peer();
        dying.start(ConditionTest.waiter(home)).awaitWaiting();
        Reply<Boolean> survivor = threads().start(ConditionTest.waiter(home)).awaitWaiting();
        assertThat(lock.condition(0).waiting()).isEqualTo(2);
        dying.close();
        space.sweep();
        lock.lock();
        assertThat(lock.condition(0).waiting()).isEqualTo(1);
        assertThat(lock.condition(0).signal(1)).isEqualTo(1);
        lock.unlock();
        assertThat(survivor.get()).isTrue();

        Reply<Object> waiting = threads().<Object>start(desk -> {
            SharedLock there = desk.space(home).lock("l");
            there.lock();
            desk.tellWhenWaiting();
            there.condition(0).await();
            return null;
        }).awaitWaiting();
        Peer holder = sandbox.peer();
        takeIn(holder, home, false, OnOwnerDeath.POISON);
        holder.close();
        assertThat(waiting.failure()).isInstanceOf(LockPoisonedException.class);
        assertThat(lock.isHeldByCurrentThread()).isFalse();
    }

    /// A process that is stopped keeps the lock; when it goes on, it still has it.
    @Test
    void aStoppedHolderKeepsTheLock() throws InterruptedException {
        SharedLock lock = space.lock("l");
        String home = root;
        Peer holder = sandbox.peer();
        holder.stopAt(CrashPoint.LOCK_WORD_SET, 1);
        Reply<Boolean> held = holder.start(desk -> {
            SharedLock there = desk.space(home).lock("l");
            there.lock();
            desk.space(home).event("go").await();
            boolean mine = there.isHeldByCurrentThread();
            there.unlock();
            return mine;
        });
        holder.awaitStop();
        assertThat(lock.tryLock(100, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(lock.isPoisoned()).isFalse();
        space.event("go").set();
        holder.resume();
        assertThat(held.get()).isTrue();
        assertThat(lock.tryLock(1, TimeUnit.DAYS)).isTrue();
        lock.unlock();
    }
}
