package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.park.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of a condition, in one thread that plays all processes: while one sleeps, the script moves the others,
/// which may start to sleep inside that sleep.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MutexConditionTest {
    private static final long MILLI = 1_000_000;

    private final Area area = new Area(Mutex.bytes(3));
    private final ScriptedParking parking = new ScriptedParking();
    private final Mutex lock = view(1);
    private final Mutex other = view(2);
    private final MutexCondition condition = lock.condition(3);
    private final MutexCondition others = other.condition(3);

    private Mutex view(int owner) {
        return new Mutex("test", area.address, area.size, parking, Area.owner(owner),
                Mutex.Options.poison(true, PARK));
    }

    private int signalByOther(int most) {
        other.lock();
        try {
            return others.signal(most);
        } finally {
            other.unlock();
        }
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        area.close();
    }

    /// Without the lock a thread may neither wait nor signal.
    @Test
    void aConditionIsUsedUnderItsLock() {
        other.lock();
        String text = "lock 'test': %2$s by thread %1$d of owner 1, which does not have it; thread %1$d of owner 2"
                + " does";
        long thread = Thread.currentThread().threadId();
        assertThatThrownBy(() -> condition.await(Waiter.FOREVER)).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage(text, thread, "await");
        assertThatThrownBy(condition::awaitUninterruptibly).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage(text, thread, "await");
        assertThatThrownBy(() -> condition.awaitFor(() -> true, Waiter.FOREVER))
                .isInstanceOf(IllegalMonitorStateException.class).hasMessage(text, thread, "await");
        assertThatThrownBy(() -> condition.signal(1)).isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage(text, thread, "signal");
        assertThatThrownBy(() -> condition.signal(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lock 'test': cannot signal -1 waiters");
    }

    /// The lock is free during the wait, and held as often as before after it.
    @Test
    void aWaitReleasesAllHoldsAndTakesThemBack() throws InterruptedException {
        lock.lock();
        lock.lock();
        lock.lock();
        parking.then(() -> {
            assertThat(condition.waiting()).isEqualTo(1);
            assertThat(other.tryLock()).isTrue();
            assertThat(other.holdCount()).isEqualTo(1);
            assertThat(others.signal(5)).isEqualTo(1);
            assertThat(others.signal(5)).isZero();
            assertThat(condition.waiting()).isZero();
            other.unlock();
        });
        assertThat(condition.await(Waiter.FOREVER)).isTrue();
        assertThat(lock.holdCount()).isEqualTo(3);
        assertThat(parking.isPlayed()).isTrue();
    }

    /// Without waiters a signal is lost, and not kept for the next wait.
    @Test
    void aSignalReachesOnlyEarlierWaiters() throws InterruptedException {
        parking.always(() -> {});
        assertThat(signalByOther(3)).isZero();
        lock.lock();
        assertThat(condition.signal(0)).isZero();
        assertThat(condition.await(Waiter.deadline(MILLI))).isFalse();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        assertThat(condition.waiting()).isZero();
    }

    /// Three waiters start to sleep, each within the sleep of the one before. The longest waiter is signalled first,
    /// whatever its entry in the list; waiters on other conditions of the lock are not signalled.
    @Test
    void theOldestIsSignalledFirst() throws InterruptedException {
        List<String> order = new ArrayList<>();
        WaitList list = new WaitList(area.address, area.size, parking);
        lock.lock();
        int first = list.enter(1, 3);
        int second = list.enter(1, 3);
        int elsewhere = list.enter(1, 4);
        assertThat(list.leave(first)).isFalse();
        int third = list.enter(1, 3);
        assertThat(third).isEqualTo(first);        // an earlier entry, a later arrival
        assertThat(condition.waiting()).isEqualTo(2);
        assertThat(condition.signal(1)).isEqualTo(1);
        order.add(list.isSignalled(second) + " " + list.isSignalled(third) + " " + list.isSignalled(elsewhere));
        assertThat(condition.signal(2)).isEqualTo(1);
        order.add(list.isSignalled(second) + " " + list.isSignalled(third) + " " + list.isSignalled(elsewhere));
        assertThat(order).containsExactly("true false false", "true true false");
        assertThat(list.leave(second)).isTrue();
        assertThat(list.leave(third)).isTrue();
        assertThat(lock.condition(4).waiting()).isEqualTo(1);
        assertThat(lock.condition(4).signal(9)).isEqualTo(1);
    }

    /// One waiter more than there are entries: refused, with the lock still held, and no other waiter disturbed.
    @Test
    void aFullListRefusesTheNextWaiter() {
        lock.lock();
        WaitList list = new WaitList(area.address, area.size, parking);
        for (int i = 0; i < 3; i++) {
            assertThat(list.enter(7, i)).isEqualTo(i);
        }
        assertThatThrownBy(() -> condition.await(Waiter.FOREVER)).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("lock 'test': 3 threads wait on its conditions already; create it with room for more");
        assertThat(lock.holdCount()).isEqualTo(1);
        assertThat(list.waiting(0) + list.waiting(1) + list.waiting(2)).isEqualTo(3);
    }

    /// A passed deadline is a result, with the lock held; never early.
    @Test
    void aWaitEndsAtItsDeadline() throws InterruptedException {
        parking.always(() -> {});
        lock.lock();
        long start = System.nanoTime();
        assertThat(condition.await(start + 2 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * MILLI);
        assertThat(condition.await(Waiter.deadline(0))).isFalse();
        assertThat(lock.holdCount()).isEqualTo(1);
    }

    /// The deadline passes while another thread has the lock, and the signal comes then: it counts.
    @Test
    void aSignalBeforeTheLockIsBackWinsOverTheDeadline() throws InterruptedException {
        lock.lock();
        parking.then(() -> {
            other.lock();
            while (!Waiter.isOver(deadline)) {
                Thread.onSpinWait();
            }
        }).then(() -> {
            assertThat(others.signal(1)).isEqualTo(1);
            other.unlock();
        });
        deadline = Waiter.deadline(MILLI);
        assertThat(condition.await(deadline)).isTrue();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
    }

    private long deadline;

    /// The predicate is evaluated before the wait, after each wake-up, and at the end.
    @Test
    void waitingForSomethingAsksAgainAfterEachSignal() throws InterruptedException {
        List<Integer> asked = new ArrayList<>();
        lock.lock();
        assertThat(condition.awaitFor(() -> true, Waiter.deadline(0))).isTrue();
        assertThat(condition.awaitFor(() -> false, Waiter.deadline(0))).isFalse();
        parking.then(() -> signalByOther(1)).then(() -> signalByOther(1)).always(() -> {});
        assertThat(condition.awaitFor(() -> {
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            asked.add(asked.size());
            return asked.size() == 3;
        }, Waiter.FOREVER)).isTrue();
        assertThat(asked).hasSize(3);
        assertThat(condition.awaitFor(() -> false, Waiter.deadline(MILLI))).isFalse();
        assertThat(lock.holdCount()).isEqualTo(1);
    }

    /// Before the call, and during it: thrown, with the lock held.
    @Test
    void anInterruptWithoutASignalIsThrownUnderTheLock() {
        lock.lock();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> condition.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> condition.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(lock.holdCount()).isEqualTo(1);
        assertThat(condition.waiting()).isZero();
    }

    /// A signal is not lost to an interrupt: the wait ends normally, and the flag stays.
    @Test
    void anInterruptAfterASignalIsKept() throws InterruptedException {
        lock.lock();
        parking.then(() -> {
            signalByOther(1);
            Thread.currentThread().interrupt();
        });
        assertThat(condition.await(Waiter.FOREVER)).isTrue();
        assertThat(Thread.interrupted()).isTrue();

        // The interrupt comes first, and the signal before the lock is back.
        parking.then(() -> {
            other.lock();
            Thread.currentThread().interrupt();
        }).then(() -> {
            assertThat(others.signal(1)).isEqualTo(1);
            other.unlock();
        });
        assertThat(condition.await(Waiter.FOREVER)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(lock.holdCount()).isEqualTo(1);
        assertThat(parking.isPlayed()).isTrue();
    }

    /// The wait goes on, and the flag stays set.
    @Test
    void anUninterruptibleWaitKeepsTheInterrupt() {
        lock.lock();
        parking.then(() -> Thread.currentThread().interrupt()).then(() -> signalByOther(1));
        condition.awaitUninterruptibly();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        assertThat(parking.isPlayed()).isTrue();
    }

    /// The view is closed during the wait: an exception, without the lock; its signal goes to the next waiter.
    @Test
    void closingEndsAWaitAndPassesItsSignalOn() {
        lock.lock();
        int next = new WaitList(area.address, area.size, parking).enter(2, 3);
        WaitList list = new WaitList(area.address, area.size, parking);
        list.leave(next);
        parking.then(() -> {
            other.lock();
            assertThat(list.enter(2, 3)).isEqualTo(1);
            assertThat(others.signal(1)).isEqualTo(1);
            assertThat(list.isSignalled(1)).isFalse();
            other.unlock();
            lock.close();
        });
        assertThatThrownBy(() -> condition.await(Waiter.FOREVER)).isInstanceOf(ClosedException.class)
                .hasMessage("lock 'test': this handle was closed");
        assertThat(other.isLocked()).isFalse();
        assertThat(list.isSignalled(1)).isTrue();
        assertThatThrownBy(condition::waiting).hasMessage("lock 'test': this handle was closed");
    }

    /// The holder dies during the wait: the waiter gets an exception, without the lock; its entry is free again.
    @Test
    void aPoisonedLockEndsAWait() {
        lock.lock();
        parking.then(() -> {
            other.lock();
            Mutex.recover(area.address, area.size, 2, 4711, DeathPolicy.POISON, parking);
        });
        assertThatThrownBy(() -> condition.await(Waiter.FOREVER)).isInstanceOf(LockPoisonedException.class);
        assertThat(lock.isLocked()).isFalse();
        assertThat(lock.isPoisoned()).isTrue();
        assertThat(condition.waiting()).isZero();
        assertThat(area.getLong(LockLayout.FIRST_ENTRY)).isZero();
    }
}
