package io.sluice.shm.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.memory.AllocationMeter;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Party;
import io.sluice.shm.Reply;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.array.SharedIntArray;
import io.sluice.shm.value.SharedLong;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What both locks promise to threads of this and of another process.
@SuppressWarnings("LockNotBeforeTry")   // what is held, and when, is the subject
class LockTest extends HandleTest {
    static OwnedLock lock(SharedSpace space, boolean reentrant) {
        return reentrant ? space.reentrantLock("l") : space.lock("l");
    }

    /// A counter that nothing else protects loses no increment, for each kind of the other party.
    @ParameterizedTest
    @CsvSource({"THREAD,false", "VIRTUAL_THREAD,false", "PROCESS,false", "THREAD,true", "PROCESS,true"})
    void onlyOneHoldsTheLock(Other other, boolean reentrant) {
        String home = root;
        int steps = 20_000;
        Job<Long> count = desk -> {
            OwnedLock lock = lock(desk.space(home), reentrant);
            SharedLong counter = desk.space(home).longValue("n", 0);
            for (int i = 0; i < steps; i++) {
                lock.lock();
                counter.setPlain(counter.getPlain() + 1);
                lock.unlock();
            }
            return 0L;
        };
        SharedLong counter = space.longValue("n", 0);
        OwnedLock lock = lock(space, reentrant);
        Party there = party(other);
        Party here = threads();
        List<Reply<Long>> replies =
                List.of(there.start(count), here.start(count), there.start(count), here.start(count));
        replies.forEach(Reply::get);
        assertThat(counter.get()).isEqualTo(4L * steps);
        assertThat(lock.acquisitions()).isEqualTo(4L * steps);
        assertThat(lock.isLocked()).isFalse();
    }

    /// The waits that an interrupt ends do not hold the lock; the others keep the interrupt for later.
    @ParameterizedTest
    @CsvSource({"THREAD,false", "VIRTUAL_THREAD,false", "THREAD,true"})
    void anInterruptEndsTheWaitsThatSaySo(Other other, boolean reentrant) {
        OwnedLock lock = lock(space, reentrant);
        Party party = party(other);
        lock.lock();
        List<Job<Object>> waits = List.of(
                desk -> {
                    desk.tellWhenWaiting();
                    lock.lockInterruptibly();
                    return null;
                },
                desk -> {
                    desk.tellWhenWaiting();
                    return lock.tryLock(1, TimeUnit.DAYS);
                });
        for (Job<Object> wait : waits) {
            Reply<Object> waiting = party.start(wait).awaitWaiting();
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
            assertThat(lock.isHeldByCurrentThread()).isTrue();
        }
        List<Job<Boolean>> deafWaits = List.of(
                desk -> {
                    desk.tellWhenWaiting();
                    lock.lock();
                    lock.unlock();
                    return Thread.interrupted();
                },
                desk -> {
                    desk.tellWhenWaiting();
                    try (var _ = lock.hold()) {
                        return Thread.interrupted();
                    }
                });
        for (Job<Boolean> wait : deafWaits) {
            Reply<Boolean> waiting = party.start(wait).awaitWaiting();
            waiting.interrupt();
            lock.unlock();
            assertThat(waiting.get()).isTrue();
            lock.lock();
        }
        lock.unlock();
    }

    /// A pending interrupt counts like one during the wait, also if the lock is free; a try ignores it.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptBeforeTheWaitCountsToo(boolean reentrant) {
        OwnedLock lock = lock(space, reentrant);
        List<ThrowingCallable> waits = List.of(
                lock::lockInterruptibly, () -> lock.tryLock(1, TimeUnit.DAYS), () -> lock.tryLock(0, TimeUnit.DAYS));
        for (ThrowingCallable wait : waits) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(wait).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(lock.isLocked()).isFalse();
        }
        Thread.currentThread().interrupt();
        assertThat(lock.tryLock()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        lock.unlock();
    }

    /// Zero and negative time-outs try once; others wait at least that long; the longest there is is no overflow.
    @ParameterizedTest
    @CsvSource({"THREAD,false", "PROCESS,false", "PROCESS,true"})
    void aTimeOutIsAFloor(Other other, boolean reentrant) throws InterruptedException {
        String home = root;
        OwnedLock lock = lock(space, reentrant);
        lock.lock();
        boolean taken = party(other).call(desk -> {
            OwnedLock there = lock(desk.space(home), reentrant);
            long start = System.nanoTime();
            boolean any = there.tryLock() || there.tryLock(0, TimeUnit.DAYS) || there.tryLock(-1, TimeUnit.DAYS)
                    || there.tryLock(Long.MIN_VALUE, TimeUnit.NANOSECONDS)
                    || there.tryLock(30, TimeUnit.MILLISECONDS);
            return any || System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(30);
        });
        assertThat(taken).isFalse();
        lock.unlock();
        assertThat(lock.tryLock(-1, TimeUnit.SECONDS)).isTrue();
        lock.unlock();
        assertThat(lock.tryLock(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue();
        lock.unlock();
    }

    /// A lock that is not reentrant refuses a second lock of its owner at once, answers false to a try, and stays held.
    @Test
    void aSecondLockByTheOwnerIsRefused() throws InterruptedException {
        SharedLock lock = space.lock("l");
        lock.lock();
        List<ThrowingCallable> again = List.of(
                lock::lock, lock::lockInterruptibly, lock::hold);
        for (ThrowingCallable each : again) {
            assertThatThrownBy(each)
                    .isInstanceOf(IllegalMonitorStateException.class)
                    .hasMessage("lock 'l': this thread has it already, and it is not reentrant; unlock it first, or"
                            + " use a reentrant lock");
        }
        assertThat(lock.tryLock()).isFalse();
        assertThat(lock.tryLock(0, TimeUnit.DAYS)).isFalse();
        assertThat(lock.tryLock(2, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.unlock();
        assertThat(lock.isLocked()).isFalse();
    }

    /// A reentrant lock counts its holds, through two handles of a process too, and is free after the last unlock.
    @Test
    void aReentrantLockIsFreeAfterAsManyUnlocks() throws InterruptedException {
        String home = root;
        SharedReentrantLock lock = space.reentrantLock("l");
        SharedReentrantLock same = space.reentrantLock("l");
        assertThat(lock.holdCount()).isZero();
        lock.lock();
        same.lockInterruptibly();
        assertThat(lock.tryLock()).isTrue();
        assertThat(same.tryLock(1, TimeUnit.DAYS)).isTrue();
        try (var _ = lock.hold()) {
            assertThat(same.holdCount()).isEqualTo(5);
        }
        for (int holds = 4; holds > 0; holds--) {
            assertThat(lock.holdCount()).isEqualTo(holds);
            assertThat(peer().<Boolean>call(desk -> desk.space(home).reentrantLock("l").tryLock())).isFalse();
            same.unlock();
        }
        assertThat(lock.holdCount()).isZero();
        assertThat(peer().<Boolean>call(desk -> {
            SharedReentrantLock there = desk.space(home).reentrantLock("l");
            boolean taken = there.tryLock() && there.holdCount() == 1;
            there.unlock();
            return taken;
        })).isTrue();
    }

    /// An unlock by a thread that does not hold the lock is refused, in this or another process, and while the lock is
    /// free; the owner keeps it.
    @ParameterizedTest
    @CsvSource({"THREAD,false", "PROCESS,false", "VIRTUAL_THREAD,true", "PROCESS,true"})
    void aThreadThatDoesNotHoldTheLockCannotUnlock(Other other, boolean reentrant) {
        String home = root;
        OwnedLock lock = lock(space, reentrant);
        assertThatThrownBy(lock::unlock)
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageContaining("lock 'l': unlock by thread").hasMessageEndingWith("no thread does");
        lock.lock();
        assertThat(party(other).start(desk -> {
            lock(desk.space(home), reentrant).unlock();
            return null;
        }).failure())
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageContaining("lock 'l': unlock by thread")
                .hasMessageContaining("thread %d of owner".formatted(Thread.currentThread().threadId()));
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.unlock();
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    }

    /// A hold ends with its block, also by an exception.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHoldEndsWithItsBlock(boolean reentrant) {
        OwnedLock lock = lock(space, reentrant);
        assertThatThrownBy(() -> {
            try (var _ = lock.hold()) {
                assertThat(lock.isHeldByCurrentThread()).isTrue();
                throw new IllegalStateException("no");
            }
        }).hasMessage("no");
        assertThat(lock.isLocked()).isFalse();
        Hold held = lock.hold();
        held.close();
        assertThatThrownBy(held::close).isInstanceOf(IllegalMonitorStateException.class);
    }

    /// Sixteen conditions, by number the same in all handles; the seventeenth is refused with the way out.
    @Test
    void aHandleGivesOutSixteenConditions() {
        SharedLock lock = space.lock("l");
        for (int number = 0; number < 16; number++) {
            assertThat(lock.newCondition()).isNotNull();
        }
        for (int more = 0; more < 2; more++) {
            assertThatThrownBy(lock::newCondition)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("lock 'l': this handle has given out all of its 16 conditions; use condition(number)"
                            + " to get one of them again");
        }
        assertThat(lock.condition(15)).isNotNull();
        assertThat(space.lock("l").newCondition()).isNotNull();
        for (int number : new int[] {-1, 16, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> lock.condition(number))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("lock 'l': condition %,d is not between 0 and 15".formatted(number));
        }
    }

    /// Process and thread of the holder can be read, here and there, also in the texts for people.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOwnerCanBeRead(boolean reentrant) {
        String home = root;
        String type = reentrant ? "SharedReentrantLock" : "SharedLock";
        OwnedLock lock = lock(space, reentrant);
        assertThat(lock.owner()).isEmpty();
        assertThat(lock.isLocked()).isFalse();
        assertThat(lock).hasToString(type + "[l, free]");
        Reply<Long> holder = peer().start(desk -> {
            OwnedLock there = lock(desk.space(home), reentrant);
            there.lock();
            desk.keep("lock", there);
            desk.tell(Thread.currentThread().threadId());
            desk.tellWhenWaiting();
            desk.space(home).event("go").await();
            there.unlock();
            return 0L;
        });
        long thread = (Long) holder.told();
        LockOwner expected = new LockOwner(peer().pid(), thread);
        assertThat(lock.owner()).contains(expected);
        assertThat(lock.isLocked()).isTrue();
        assertThat(lock.isHeldByCurrentThread()).isFalse();
        assertThat(lock).hasToString("%s[l, held by thread %d of process %d]"
                .formatted(type, thread, peer().pid()));
        space.event("go").set();
        holder.get();
        lock.lock();
        LockOwner me = new LockOwner(ProcessHandle.current().pid(), Thread.currentThread().threadId());
        assertThat(lock.owner()).contains(me);
        assertThat(peer().<String>call(desk -> lock(desk.space(home), reentrant).toString()))
                .isEqualTo(type + "[l, held by " + me + "]");
        lock.unlock();
    }

    /// Hundreds of virtual threads wait while one has the lock; other virtual threads go on, and in the end each waiter
    /// has held the lock.
    @Test
    void waitingVirtualThreadsDoNotStopTheRest() {
        SharedLock lock = space.lock("l");
        SharedLong turns = space.longValue("n", 0);
        Threads many = sandbox.with(Threads.virtual());
        lock.lock();
        List<Reply<Object>> waiting = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            waiting.add(many.start(desk -> {
                desk.tellWhenWaiting();
                lock.lock();
                turns.setPlain(turns.getPlain() + 1);
                lock.unlock();
                return null;
            }));
        }
        waiting.forEach(Reply::awaitWaiting);
        assertThat(many.<Integer>call(desk -> 7)).isEqualTo(7);      // a carrier is left
        Reply<Object> busy = many.start(desk -> {
            while (turns.get() < 200) {
                Thread.onSpinWait();                                 // and even if one of them is busy
            }
            return null;
        });
        lock.unlock();
        waiting.forEach(Reply::get);
        busy.get();
        assertThat(turns.get()).isEqualTo(200);
    }

    /// A guarded value is reached while the lock is held, and the lock is free afterwards, also after a failure.
    @Test
    void aGuardedThingIsUsedUnderTheLock() {
        SharedReentrantLock lock = space.reentrantLock("l");
        SharedIntArray pair = space.intArray("a", 2);
        Guarded<SharedIntArray> guarded = lock.guard(pair);
        guarded.run(array -> {
            assertThat(lock.holdCount()).isEqualTo(1);
            array.set(0, 1);
            array.set(1, 2);
        });
        assertThat(guarded.<Integer>get(array -> array.get(0) + array.get(1))).isEqualTo(3);
        assertThatThrownBy(() -> guarded.run(array -> {
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(lock.isLocked()).isFalse();
        assertThat(guarded.lock()).isSameAs(lock);
        assertThat(guarded.value()).isSameAs(pair);
    }

    /// Opening another kind under the name, or the lock with other options, is refused, and the difference is named.
    @Test
    void anotherKindAndOtherOptionsAreRefused() {
        String home = root;
        space.lock("l").lock();
        List<Job<Object>> requests = List.of(
                desk -> desk.space(home).reentrantLock("l"),
                desk -> desk.space(home).lock("l", LockOptions.ignore()),
                desk -> desk.space(home).lock("l", LockOptions.defaults().withConditionWaiters(4)),
                desk -> desk.space(home).readWriteLock("l"),
                desk -> desk.space(home).semaphore("l", 1));
        List<String> differences = List.of(
                "reentrant: expected true, found false",
                "onOwnerDeath: expected IGNORE, found POISON",
                "conditionWaiters: expected 4, found 1008",
                "kind: expected READ_WRITE_LOCK, found LOCK",
                "kind: expected SEMAPHORE, found LOCK");
        for (int i = 0; i < requests.size(); i++) {
            assertThat(peer().start(requests.get(i)).failure())
                    .isInstanceOf(MismatchException.class)
                    .hasMessageStartingWith("'l' exists and differs (").hasMessageContaining(differences.get(i));
        }
        assertThat(space.lock("l").isHeldByCurrentThread()).isTrue();
    }

    /// Impossible options are refused before anything is created.
    @Test
    void impossibleOptionsAreRefused() {
        assertThatThrownBy(() -> LockOptions.defaults().withConditionWaiters(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lock: -1 waiters for conditions is not between 0 and 1,048,576");
        assertThatThrownBy(() -> LockOptions.repair(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> space.lock("../l")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> space.lock("l", null)).isInstanceOf(NullPointerException.class);
        assertThat(sandbox.files()).isEmpty();
    }

    /// A handle that a job captures opens the lock there; one that a job answers, here.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandleTravelsThereAndBack(boolean reentrant) {
        OwnedLock lock = lock(space, reentrant);
        lock.lock();
        OwnedLock back = peer().call(desk -> {
            if (lock.tryLock()) {
                throw new IllegalStateException("taken twice");
            }
            desk.keep("travelled", lock);     // open until the answer has arrived
            return lock;
        });
        assertThat(back.isHeldByCurrentThread()).isTrue();
        back.unlock();
        assertThat(lock.isLocked()).isFalse();
        back.close();
        peer().call(desk -> {
            desk.kept("travelled", OwnedLock.class).close();
            return null;
        });
        try (OwnedLock again = travelled(lock)) {
            assertThat(again.getClass()).isEqualTo(lock.getClass());
            assertThat(again.name()).isEqualTo("l");
        }
        sandbox.leaveNothing();
    }

    /// After its end a handle refuses every method with its name; another handle of the process goes on.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedHandleRefusesEverything(boolean reentrant) {
        OwnedLock lock = lock(space, reentrant);
        OwnedLock other = lock(space, reentrant);
        SharedCondition condition = lock.condition(0);
        lock.close();
        lock.close();
        List<ThrowingCallable> methods = List.of(
                lock::lock, lock::lockInterruptibly, lock::tryLock, () -> lock.tryLock(1, TimeUnit.DAYS),
                lock::unlock, lock::hold, lock::isLocked, lock::isHeldByCurrentThread, lock::isPoisoned, lock::owner,
                lock::acquisitions, lock::ownerDeaths, () -> lock.recover(() -> {}),
                condition::await, condition::signal, condition::signalAll, condition::waiting);
        for (ThrowingCallable method : methods) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class)
                    .hasMessageContaining("'l'").hasMessageContaining("this handle was closed");
        }
        assertThat(lock.isClosed()).isTrue();
        assertThat(lock).hasToString((reentrant ? "SharedReentrantLock" : "SharedLock") + "[l, closed]");
        other.lock();
        other.unlock();
    }

    /// A waiter on a handle that is closed gets an exception that says so, and not the lock; a lock that the closing
    /// process held through its last handle is poisoned for the others.
    @Test
    void closingAHandleEndsItsWaits() {
        String home = root;
        SharedLock held = space.lock("l");
        SharedLock waitedFor = space.lock("l");
        held.lock();
        Threads threads = threads();
        Reply<Object> forLock = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            waitedFor.lock();
            return null;
        }).awaitWaiting();
        Reply<Object> forTime = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            return waitedFor.tryLock(1, TimeUnit.DAYS);
        }).awaitWaiting();
        waitedFor.close();
        for (Reply<Object> waiting : List.of(forLock, forTime)) {
            assertThat(waiting.failure())
                    .isInstanceOf(ClosedException.class).hasMessage("lock 'l': this handle was closed");
        }
        assertThat(held.isHeldByCurrentThread()).isTrue();
        peer().call(desk -> desk.space(home).lock("l").isLocked());
        held.close();
        assertThat(peer().<Boolean>call(desk -> desk.space(home).lock("l").isPoisoned())).isTrue();
    }

    /// Locking and unlocking a free lock allocates nothing.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFreeLockCostsNoAllocation(boolean reentrant) {
        OwnedLock lock = lock(space, reentrant);
        SharedCondition condition = lock.condition(0);
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            lock.lock();
            lock.unlock();
            if (lock.tryLock()) {
                condition.signalAll();
                lock.unlock();
            }
            lock.hold().close();
        })).isZero();
    }
}
