package io.sluice.shm.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.shm.Desk;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Party;
import io.sluice.shm.Reply;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedIntArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the conditions of a lock promise to threads of this and of another process.
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop", "JavaUtilDate"})   // single waits are the subject
class ConditionTest extends HandleTest {
    /// A job that waits for condition 0 of lock `l`, and tells when it does.
    static Job<Boolean> waiter(String home) {
        return desk -> {
            SharedLock lock = desk.space(home).lock("l");
            desk.tellWhenWaiting();
            lock.lock();
            try {
                return lock.condition(0).await(1, TimeUnit.DAYS);
            } finally {
                lock.unlock();
            }
        };
    }

    private static void under(SharedLock lock, Runnable work) {
        try (var _ = lock.hold()) {
            work.run();
        }
    }

    /// A buffer of four slots between two processes: all numbers arrive, in order, through two conditions.
    @ParameterizedTest
    @EnumSource(Other.class)
    void aBoundedBufferPassesEverythingOn(Other other) throws InterruptedException {
        String home = root;
        int count = 3000;
        Reply<Object> producer = party(other).start(desk -> {
            for (int i = 0; i < count; i++) {
                put(desk.space(home), i);
            }
            return null;
        });
        SharedLock lock = space.lock("l");
        SharedIntArray buffer = space.intArray("buffer", 6);
        for (int expected = 0; expected < count; expected++) {
            lock.lock();
            try {
                while (buffer.get(4) == buffer.get(5)) {
                    lock.condition(0).await();
                }
                assertThat(buffer.get(buffer.get(5) % 4)).isEqualTo(expected);
                buffer.set(5, buffer.get(5) + 1);
                lock.condition(1).signal();
            } finally {
                lock.unlock();
            }
        }
        producer.get();
    }

    /// Elements 4 and 5 count what was put and taken.
    private static void put(SharedSpace space, int number) throws InterruptedException {
        try (SharedLock lock = space.lock("l"); SharedIntArray buffer = space.intArray("buffer", 6)) {
            lock.lock();
            try {
                while (buffer.get(4) - buffer.get(5) == 4) {
                    lock.condition(1).await();
                }
                buffer.set(buffer.get(4) % 4, number);
                buffer.set(4, buffer.get(4) + 1);
                lock.condition(0).signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Every method but the queries needs the lock.
    @Test
    void withoutTheLockEverythingIsRefused() {
        SharedLock lock = space.lock("l");
        SharedCondition condition = lock.newCondition();
        List<ThrowingCallable> methods = List.of(
                condition::await, condition::awaitUninterruptibly, () -> condition.awaitNanos(1),
                () -> condition.await(1, TimeUnit.SECONDS), () -> condition.awaitUntil(new Date()),
                () -> condition.awaitFor(() -> true, Duration.ZERO),
                () -> condition.awaitFor(() -> true, 1, TimeUnit.SECONDS),
                condition::signal, condition::signalAll, () -> condition.signal(1));
        for (ThrowingCallable method : methods) {
            assertThatThrownBy(method)
                    .isInstanceOf(IllegalMonitorStateException.class)
                    .hasMessageContaining("lock 'l': ").hasMessageContaining("which does not have it; no thread does");
        }
        assertThat(condition.waiting()).isZero();
    }

    /// A signal for two of five waiters wakes the two that have waited longest; a signal for all wakes the rest.
    @ParameterizedTest
    @EnumSource(Other.class)
    void aSignalWakesAsManyAsItSays(Other other) {
        Party party = party(other);
        SharedLock lock = space.lock("l");
        SharedCondition condition = lock.condition(0);
        List<Reply<Boolean>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(party.start(waiter(root)).awaitWaiting());
        }
        under(lock, () -> {
            assertThat(condition.waiting()).isEqualTo(5);
            assertThat(condition.signal(0)).isZero();
            assertThat(condition.signal(2)).isEqualTo(2);
            assertThat(condition.waiting()).isEqualTo(3);
            assertThatThrownBy(() -> condition.signal(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("lock 'l': cannot signal -1 waiters");
        });
        assertThat(waiting.get(0).get()).isTrue();
        assertThat(waiting.get(1).get()).isTrue();
        assertThat(waiting.subList(2, 5)).noneMatch(Reply::isDone);
        under(lock, condition::signal);
        assertThat(waiting.get(2).get()).isTrue();
        under(lock, () -> assertThat(lock.condition(1).signal(9)).isZero());
        under(lock, condition::signalAll);
        assertThat(waiting.get(3).get()).isTrue();
        assertThat(waiting.get(4).get()).isTrue();
        under(lock, () -> assertThat(condition.signal(9)).isZero());
    }

    /// Time-outs: zero, negative and past ones end at once with the lock, positive ones after at least that long.
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aTimeThatIsOverEndsTheWaitAtOnce(long time) throws InterruptedException {
        SharedLock lock = space.lock("l");
        SharedCondition condition = lock.newCondition();
        lock.lock();
        assertThat(condition.awaitNanos(time)).isNotPositive();
        assertThat(condition.await(time, TimeUnit.DAYS)).isFalse();
        assertThat(condition.awaitUntil(new Date(time))).isFalse();
        assertThat(condition.awaitFor(() -> false, time, TimeUnit.DAYS)).isFalse();
        assertThat(condition.awaitFor(() -> true, time, TimeUnit.DAYS)).isTrue();
        assertThat(condition.awaitFor(() -> false, Duration.ofSeconds(time))).isFalse();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.unlock();
    }

    /// A wait without a signal takes at least its time, and reports the time-out.
    @Test
    void aTimeOutIsAFloor() throws InterruptedException {
        SharedReentrantLock lock = space.reentrantLock("l");
        SharedCondition condition = lock.newCondition();
        lock.lock();
        lock.lock();
        long start = System.nanoTime();
        assertThat(condition.awaitNanos(20_000_000)).isNotPositive();
        assertThat(condition.awaitUntil(new Date(System.currentTimeMillis() + 20))).isFalse();
        assertThat(condition.awaitFor(() -> false, Duration.ofMillis(20))).isFalse();
        // The wall clock counts milliseconds, of which the first may be nearly over.
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(58_000_000);
        assertThat(lock.holdCount()).isEqualTo(2);
    }

    /// A signal before the time is over leaves a rest; the holds of a reentrant lock come back, and meanwhile it is
    /// free.
    @Test
    void aWaitReleasesAllHoldsAndTakesThemBack() {
        SharedReentrantLock lock = space.reentrantLock("l");
        Reply<Long> waiting = threads().<Long>start(desk -> {
            lock.lock();
            lock.lock();
            lock.lock();
            desk.tellWhenWaiting();
            long rest = lock.condition(3).awaitNanos(TimeUnit.DAYS.toNanos(1));
            long holds = lock.holdCount();
            for (long i = holds; i > 0; i--) {
                lock.unlock();
            }
            return rest > 0 ? holds : -1;
        }).awaitWaiting();
        String home = root;
        assertThat(peer().<Integer>call(desk -> {
            SharedReentrantLock there = desk.space(home).reentrantLock("l");
            there.lock();
            try {
                return there.condition(3).signal(Integer.MAX_VALUE);
            } finally {
                there.unlock();
            }
        })).isEqualTo(1);
        assertThat(waiting.get()).isEqualTo(3);
        assertThat(lock.isLocked()).isFalse();
    }

    /// An interrupt ends each wait but the uninterruptible one, with the lock held; that one keeps the interrupt for
    /// later. A pending interrupt counts too.
    @Test
    void anInterruptEndsTheWaitsThatSaySo() {
        SharedLock lock = space.lock("l");
        SharedCondition condition = lock.condition(0);
        List<Job<Object>> waits = List.of(
                desk -> {
                    condition(desk).await();
                    return null;
                },
                desk -> condition(desk).await(1, TimeUnit.DAYS),
                desk -> condition(desk).awaitNanos(Long.MAX_VALUE),
                desk -> condition(desk).awaitUntil(new Date(Long.MAX_VALUE)),
                desk -> condition(desk).awaitFor(() -> false, Duration.ofSeconds(Long.MAX_VALUE)),
                desk -> condition(desk).awaitFor(() -> false, 1, TimeUnit.DAYS));
        for (Job<Object> wait : waits) {
            for (boolean before : new boolean[] {false, true}) {
                Reply<Object> waiting = threads().start(desk -> {
                    lock.lock();
                    desk.keep("condition", condition);
                    desk.tellWhenWaiting();
                    if (before) {
                        Thread.currentThread().interrupt();
                    }
                    try {
                        return wait.run(desk);
                    } finally {
                        lock.unlock();               // it is held, or this would replace the exception
                    }
                });
                if (!before) {
                    waiting.awaitWaiting().interrupt();
                }
                assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
            }
        }
        Reply<Boolean> deaf = threads().<Boolean>start(desk -> {
            lock.lock();
            desk.tellWhenWaiting();
            condition.awaitUninterruptibly();
            lock.unlock();
            return Thread.interrupted();
        }).awaitWaiting();
        deaf.interrupt();
        under(lock, condition::signal);
        assertThat(deaf.get()).isTrue();
        assertThat(condition.waiting()).isZero();
    }

    private static SharedCondition condition(Desk desk) {
        return desk.kept("condition", SharedCondition.class);
    }

    /// A predicate is evaluated under the lock until it is met, and its last result is returned.
    @ParameterizedTest
    @EnumSource(Other.class)
    void aWaitForAPredicateEndsWhenItIsMet(Other other) {
        String home = root;
        Reply<Boolean> waiting = party(other).<Boolean>start(desk -> {
            SharedLock lock = desk.space(home).lock("l");
            var number = desk.space(home).longValue("n", 0);
            lock.lock();
            desk.tellWhenWaiting();
            boolean met = lock.condition(0).awaitFor(
                    () -> lock.isHeldByCurrentThread() && number.get() == 2, Duration.ofDays(1));
            lock.unlock();
            return met;
        }).awaitWaiting();
        SharedLock lock = space.lock("l");
        for (int i = 1; i <= 2; i++) {
            assertThat(waiting.isDone()).isFalse();
            lock.lock();
            space.longValue("n", 0).incrementAndGet();
            lock.condition(0).signalAll();
            lock.unlock();
        }
        assertThat(waiting.get()).isTrue();
    }

    /// With no place left for a waiter, a wait is refused with the way out, and the caller holds the lock.
    @Test
    void aWaiterWithoutAPlaceIsRefused() {
        LockOptions narrow = LockOptions.defaults().withConditionWaiters(1);
        SharedLock lock = space.lock("l", narrow);
        Reply<Object> first = threads().<Object>start(desk -> {
            lock.lock();
            desk.tellWhenWaiting();
            lock.condition(0).awaitUninterruptibly();
            lock.unlock();
            return null;
        }).awaitWaiting();
        lock.lock();
        assertThatThrownBy(() -> lock.condition(1).await())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("lock 'l': 1 threads wait on its conditions already; create it with room for more");
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.condition(0).signal();
        lock.unlock();
        first.get();
    }

    /// Closing the handle ends the waits on its conditions, uninterruptible ones too.
    @Test
    void closingTheHandleEndsTheWaits() {
        SharedLock lock = space.lock("l");
        SharedLock other = space.lock("l");
        Reply<Object> waiting = threads().<Object>start(desk -> {
            lock.lock();
            desk.tellWhenWaiting();
            lock.condition(0).awaitUninterruptibly();
            return null;
        }).awaitWaiting();
        lock.close();
        assertThat(waiting.failure())
                .isInstanceOf(ClosedException.class).hasMessage("lock 'l': this handle was closed");
        assertThat(other.tryLock()).isTrue();
        assertThat(other.condition(0).waiting()).isZero();
    }
}
