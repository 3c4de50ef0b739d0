package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.owner.WaitCounters;
import io.sluice.core.park.Parking;
import io.sluice.core.park.ThreadParking;
import io.sluice.core.park.Waiter;
import java.lang.foreign.Arena;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The promise to a waiter that has lost too often. While the waiter sleeps, the script lets another thread unlock and
/// lock as often as needed; so the test reaches each step of the promise deterministically.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StarvationTest {
    private static final int DEAD = 2;
    private static final long MILLI = 1_000_000;
    private static final long STOPPED_HEIR = LockWord.of(5, 99);

    private final Area area = new Area(ReadWriteMutex.bytes());
    private final ScriptedParking parking = new ScriptedParking();
    private final Mutex waiter = view(1, parking);
    private final Mutex barger = view(DEAD, new ScriptedParking().always(() -> {}));
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Mutex view(int owner, Parking sleep) {
        return view(owner, sleep, Mutex.Options.poison(true, PARK));
    }

    private Mutex view(int owner, Parking sleep, Mutex.Options options) {
        return new Mutex("test", area.address, Mutex.bytes(0), sleep, Area.owner(owner), options);
    }

    private long heir() {
        return area.getLong(LockLayout.HEIR);
    }

    private long word() {
        return area.getLong(LockLayout.WORD);
    }

    /// Unlocks and locks until the time limit has passed too.
    private void barge(long times) {
        for (long i = 0; i < times; i++) {
            barger.unlock();
            barger.lock();
        }
        spin(Mutex.LOSING_NANOS);
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void free() throws InterruptedException {
        Thread.interrupted();
        CrashHook.script(null);
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        area.close();
    }

    /// It loses as often as needed, then the next unlock keeps the lock for it, although another thread calls lock in
    /// between; that thread gets it afterwards.
    @Test
    void aLoserBecomesHeirAndGetsTheLockAtTheNextUnlock() throws Exception {
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        Mutex late = view(3, new ScriptedParking().always(() -> {
            asleep.countDown();
            awaitLatch(taken);
        }));
        barger.lock();
        long[] before = new long[1];
        Future<?>[] latecomer = new Future<?>[1];
        parking.always(() -> {
            if (heir() == 0) {
                barge(Mutex.LOSSES_ALLOWED);
                return;
            }
            assertThat(heir()).isEqualTo(LockWord.of(1, Thread.currentThread().threadId()));
            before[0] = barger.acquisitions();
            barger.unlock();
            assertThat(word()).isEqualTo(LockWord.PROMISED);
            assertThat(barger.isLocked()).isFalse();
            latecomer[0] = threads.submit(() -> {
                late.lock();
                late.unlock();
            });
            awaitLatch(asleep);
        });
        waiter.lock();
        assertThat(waiter.acquisitions()).isEqualTo(before[0] + 1);
        assertThat(before[0]).isGreaterThanOrEqualTo(1 + Mutex.LOSSES_ALLOWED);
        assertThat(heir()).isZero();
        taken.countDown();
        waiter.unlock();
        latecomer[0].get();
        assertThat(word()).isEqualTo(LockWord.FREE);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException end) {
            throw new AssertionError(end);
        }
    }

    /// One loss fewer, however long it takes: no promise.
    @Test
    void fewLossesMakeNoHeir() throws InterruptedException {
        barger.lock();
        parking.then(() -> barge(Mutex.LOSSES_ALLOWED - 1)).always(() -> {});
        for (long millis = 5; !parking.isPlayed(); millis *= 2) {
            assertThat(waiter.tryLock(millis * MILLI)).isFalse();
        }
        assertThat(barger.acquisitions()).isEqualTo(Mutex.LOSSES_ALLOWED);
        assertThat(heir()).isZero();
        barger.unlock();
        assertThat(word()).isEqualTo(LockWord.FREE);
    }

    /// The deadline passes, or an interrupt comes: the heir takes the promise back.
    @Test
    void anHeirThatGivesUpTakesItBack() throws InterruptedException {
        barger.lock();
        boolean[] wasHeir = new boolean[1];
        parking.always(() -> wasHeir[0] |= heir() != 0);
        for (long millis = 5; !wasHeir[0]; millis *= 2) {        // longer on a busy machine
            parking.then(() -> barge(Mutex.LOSSES_ALLOWED));
            assertThat(waiter.tryLock(millis * MILLI)).isFalse();
        }
        assertThat(heir()).isZero();
        parking.then(() -> barge(Mutex.LOSSES_ALLOWED)).always(() -> whenHeir(Thread.currentThread()::interrupt));
        assertThatThrownBy(waiter::lockInterruptibly).isInstanceOf(InterruptedException.class);
        assertThat(heir()).isZero();
        parking.then(() -> barge(Mutex.LOSSES_ALLOWED)).always(() -> whenHeir(waiter::close));
        assertThatThrownBy(waiter::lock).hasMessage("lock 'test': this handle was closed");
        assertThat(heir()).isZero();
        barger.unlock();
        assertThat(word()).isEqualTo(LockWord.FREE);
    }

    /// A waiter that lost its time slice in its first round becomes heir some rounds later.
    private void whenHeir(Runnable move) {
        if (heir() != 0) {
            move.run();
        }
    }

    /// The heir gives up between the unlocker's look and its store: the lock is promised without an heir.
    @Test
    void aPromiseWithoutAnHeirIsBroken() {
        barger.lock();
        area.putLong(LockLayout.HEIR, STOPPED_HEIR);
        CrashHook.script(point -> area.putLong(LockLayout.HEIR, 0));
        barger.unlock();
        assertThat(word()).isEqualTo(LockWord.FREE);
    }

    /// An heir dies, before or after the unlock that kept the lock for it.
    @Test
    void recoveryTakesThePromiseBack() {
        waiter.lock();
        area.putLong(LockLayout.HEIR, STOPPED_HEIR);
        waiter.unlock();
        assertThat(word()).isEqualTo(LockWord.PROMISED);
        Mutex.recover(area.address, Mutex.bytes(0), DEAD, 1, DeathPolicy.POISON, parking);
        assertThat(word()).isEqualTo(LockWord.PROMISED);
        Mutex.recover(area.address, Mutex.bytes(0), 5, 1, DeathPolicy.POISON, parking);
        assertThat(word()).isEqualTo(LockWord.FREE);
        assertThat(heir()).isZero();
        waiter.lock();
        area.putLong(LockLayout.HEIR, STOPPED_HEIR);
        Mutex.recover(area.address, Mutex.bytes(0), 5, 1, DeathPolicy.POISON, parking);
        waiter.unlock();
        assertThat(word()).isEqualTo(LockWord.FREE);
        assertThat(waiter.deaths()).isZero();
    }

    /// An heir that never runs costs the others one patience period each time, and no more: a free lock can be taken. A
    /// try does not wait for it.
    @Test
    void aStoppedHeirBlocksNoWaiterForGood() {
        area.putLong(LockLayout.HEIR, STOPPED_HEIR);
        parking.always(() -> {});
        waiter.lock();
        for (int i = 0; i < 3; i++) {
            waiter.unlock();
            assertThat(word()).isEqualTo(LockWord.PROMISED);
            long start = System.nanoTime();
            waiter.lock();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Mutex.PATIENCE_NANOS);
            assertThat(heir()).isEqualTo(STOPPED_HEIR);
        }
        waiter.unlock();
        assertThat(barger.tryLock()).isTrue();
        assertThat(heir()).isEqualTo(STOPPED_HEIR);
    }

    /// A wait that is shorter than the patience period does not take a lock that is promised to another thread.
    @Test
    void aShortWaitDoesNotBreakThePromise() throws InterruptedException {
        area.putLong(LockLayout.HEIR, STOPPED_HEIR);
        parking.always(() -> {});
        waiter.lock();
        waiter.unlock();
        assertThat(waiter.tryLock(MILLI)).isFalse();
        assertThat(word()).isEqualTo(LockWord.PROMISED);
        ReadWriteMutex readWrite = new ReadWriteMutex(
                "test", area.address, parking, Area.owner(1), Mutex.Options.poison(true, PARK));
        assertThat(readWrite.write(Waiter.deadline(MILLI))).isFalse();
        assertThat(word()).isEqualTo(LockWord.PROMISED);
        assertThat(readWrite.write(Waiter.deadline(0))).isTrue();
        readWrite.endWrite();
        assertThat(word()).isEqualTo(LockWord.PROMISED);
        assertThat(readWrite.write(Waiter.FOREVER)).isTrue();
    }

    /// A timed wait ends at its deadline although the lock stays promised to a stopped heir, also if its thread gets no
    /// time slice meanwhile and the wait has become quiet.
    @Test
    void aDeadlineEndsTheWaitForAPromisedLock() throws InterruptedException {
        area.putLong(LockLayout.HEIR, STOPPED_HEIR);
        parking.always(() -> spin(2 * Waiter.SLICE_NANOS));
        waiter.lock();
        waiter.unlock();
        assertThat(waiter.tryLock(MILLI)).isFalse();
        assertThat(word()).isEqualTo(LockWord.PROMISED);
    }

    /// A wait for a lock that is held, and then promised to a stopped heir, is one wait.
    @Test
    void aWaitForAPromisedLockIsCountedOnce() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            long counters = arena.allocate(WaitCounters.BYTES, 128).address();
            Mutex counted = new Mutex("test", area.address, Mutex.bytes(0), parking,
                    Area.owner(1, () -> {}, counters), Mutex.Options.poison(true, PARK));
            barger.lock();
            parking.then(() -> {
                area.putLong(LockLayout.HEIR, STOPPED_HEIR);
                barger.unlock();
                assertThat(word()).isEqualTo(LockWord.PROMISED);
            }).always(() -> spin(MILLI));
            counted.lock();
            assertThat(WaitCounters.waits(WaitCounters.block(counters, WaitCounters.LOCK))).isEqualTo(1);
            counted.unlock();
        }
    }

    /// An heir to a lock whose holder dies repairs it, and is no longer heir: the next unlock promises nothing.
    @Test
    void anHeirThatRepairsKeepsNoPromise() {
        Mutex heir = view(1, parking, new Mutex.Options(true, DeathPolicy.REPAIR, () -> {}, PARK));
        barger.lock();
        parking.then(() -> barge(Mutex.LOSSES_ALLOWED)).always(() -> {
            if (heir() != 0) {
                Mutex.recover(area.address, Mutex.bytes(0), DEAD, 1, DeathPolicy.REPAIR, parking);
            }
        });
        heir.lock();
        assertThat(heir.deaths()).isEqualTo(1);
        assertThat(heir()).isZero();
        heir.unlock();
        assertThat(word()).isEqualTo(LockWord.FREE);
    }

    /// Against threads that only unlock and lock, a waiter gets the lock repeatedly; so do a reader and a writer of a
    /// read-write lock against a writer that only unlocks and locks.
    @Test
    void noWaiterStarvesBehindGreedyThreads() throws Exception {
        Parking real = new ThreadParking(true);
        ReadWriteMutex greedy = new ReadWriteMutex(
                "test", area.address, real, Area.owner(2), Mutex.Options.poison(true, PARK));
        ReadWriteMutex modest = new ReadWriteMutex(
                "test", area.address, real, Area.owner(3), Mutex.Options.poison(true, PARK));
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch greedily = new CountDownLatch(1);
        Future<Integer> greed = threads.submit(() -> {
            int times = 0;
            while (!over.get()) {
                assertThat(greedy.write(Waiter.FOREVER)).isTrue();
                times++;
                greedily.countDown();
                greedy.endWrite();
            }
            return times;
        });
        greedily.await();
        for (int i = 0; i < 30; i++) {
            assertThat(modest.read(Waiter.FOREVER)).isTrue();
            modest.endRead();
            assertThat(modest.write(Waiter.FOREVER)).isTrue();
            modest.endWrite();
        }
        over.set(true);
        assertThat(greed.get()).isPositive();
        assertThat(heir()).isZero();
    }
}
