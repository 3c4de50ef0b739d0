package io.sluice.core.park;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The sweeper's work for long sleepers. A long sleep ends here only by a call, so missing work is a hang.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SweeperTest {
    // Never freed: a test that fails leaves its sleepers.
    private final long word = Arena.global().allocate(8, 8).address();
    private final AtomicBoolean met = new AtomicBoolean();
    private final CallsOnly kernel = new CallsOnly();
    private final EventCount events = new EventCount(word, kernel);
    private final ExecutorService threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /// A kernel whose long sleeps end only by a call; an interrupt of a platform thread has no effect on them.
    private static final class CallsOnly implements Parking {
        final AtomicInteger longSleeps = new AtomicInteger();
        final AtomicInteger heavyFences = new AtomicInteger();
        private final List<Object> asleep = new ArrayList<>();

        @Override
        public void park(long address, int expected, long nanos) {
            Object self = new Object();
            boolean isLong = nanos > Waiter.SLICE_NANOS;
            synchronized (asleep) {
                if (Memory.getIntVolatile(address) != expected) {
                    return;
                }
                asleep.add(self);
                longSleeps.addAndGet(isLong ? 1 : 0);
            }
            long end = System.nanoTime() + nanos;
            while (isAsleep(self) && (isLong || end - System.nanoTime() > 0)) {
                LockSupport.parkNanos(1_000_000);
            }
            synchronized (asleep) {
                asleep.remove(self);
            }
        }

        private boolean isAsleep(Object sleeper) {
            synchronized (asleep) {
                return asleep.contains(sleeper);
            }
        }

        @Override
        public void unpark(long address) {
            synchronized (asleep) {
                asleep.clear();
            }
        }

        @Override
        public boolean unparkOne(long address) {
            synchronized (asleep) {
                return !asleep.isEmpty() && asleep.removeFirst() != null;
            }
        }

        @Override
        public void heavyFence() {
            heavyFences.incrementAndGet();
            VarHandle.fullFence();
        }

        @Override
        public void fence() {
            VarHandle.fullFence();
        }
    }

    /// An object for which the test decides whether an owner died, and what a sweep does.
    private static class Owners implements Liveness {
        final AtomicInteger sweeps = new AtomicInteger();
        volatile boolean dead;

        @Override
        public int self() {
            return 1;
        }

        @Override
        public void sweep() {
            sweeps.incrementAndGet();
        }

        @Override
        public boolean hasDead(long sinceNanos) {
            return dead;
        }
    }

    private Future<Boolean> waiting(Liveness liveness) {
        return waiting(liveness, events);
    }

    private Future<Boolean> waiting(Liveness liveness, EventCount count) {
        return threads.submit(() -> new Waiter(count, liveness, WaitStrategy.PARK, Wait.UNREPORTED).await(met::get, Waiter.FOREVER));
    }

    private void awaitLongSleeps(int sleeps) {
        while (kernel.longSleeps.get() < sleeps) {
            Thread.onSpinWait();
        }
    }

    /// An interrupt does not end the sleep of a platform thread; a call of the sweeper does.
    @Test
    void anInterruptEndsALongSleep() throws InterruptedException {
        Future<Boolean> waiting = waiting(new Owners());
        awaitLongSleeps(1);
        waiting.cancel(true);
        threads.shutdown();
        assertThat(threads.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
    }

    /// The word has moved and no sleeper was called, since the signaller was stopped in between; for one waiter and for
    /// several.
    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void aCallThatWasNotMadeIsRepeated(int waiters) throws Exception {
        List<Future<Boolean>> waiting = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            waiting.add(waiting(new Owners()));
        }
        awaitLongSleeps(waiters);
        met.set(true);
        Memory.getAndAddInt(word, 1);
        for (Future<Boolean> each : waiting) {
            assertThat(each.get()).isTrue();
        }
    }

    /// A call for one went to a stopped sleeper: the mark stays, the word has moved, the other sleeper is called.
    @Test
    void aCallForOneThatAStoppedSleeperTookReachesTheNext() throws Exception {
        Future<Boolean> waiting = waiting(new Owners());
        awaitLongSleeps(1);
        met.set(true);
        Memory.getAndAddInt(word, 2);
        assertThat(waiting.get()).isTrue();
    }

    /// A thread of the sweeper gives back a dead owner's holds, and recovery wakes the sleepers.
    @Test
    void theDeadAreSweptForSleepers() throws Exception {
        Owners owners = new Owners() {
            @Override
            public void sweep() {
                super.sweep();
                if (dead) {
                    dead = false;
                    met.set(true);
                    events.wakeAll();
                }
            }
        };
        Future<Boolean> waiting = waiting(owners);
        awaitLongSleeps(1);
        int before = owners.sweeps.get();
        owners.dead = true;
        assertThat(waiting.get()).isTrue();
        assertThat(owners.sweeps.get()).isEqualTo(before + 1);
    }

    /// While an object is being recovered, interrupts and deaths in other objects are noticed.
    @Test
    void aLongRecoveryDelaysNoOtherObject() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Owners slow = new Owners() {
            @Override
            public void sweep() {
                if (dead) {
                    try {
                        release.await();
                    } catch (InterruptedException over) {
                        Thread.currentThread().interrupt();
                    }
                    dead = false;
                }
            }
        };
        Future<Boolean> held = waiting(slow);
        awaitLongSleeps(1);
        slow.dead = true;
        theDeadAreSweptForSleepersOf(new EventCount(word + 4, kernel));
        release.countDown();
        events.wakeAll();
        assertThat(held.get()).isTrue();
    }

    private void theDeadAreSweptForSleepersOf(EventCount count) throws Exception {
        Owners owners = new Owners() {
            @Override
            public void sweep() {
                if (dead) {
                    met.set(true);
                    count.wakeAll();
                    dead = false;
                }
            }
        };
        Future<Boolean> waiting = waiting(owners, count);
        awaitLongSleeps(2);
        owners.dead = true;
        assertThat(waiting.get()).isTrue();
    }

    /// A check that throws is counted, and the waiter sweeps on its own and throws the sweep's exception. The others go
    /// on.
    @Test
    void aSweepThatThrowsThrowsInItsWaiter() throws Exception {
        Owners broken = new Owners() {
            @Override
            public void sweep() {
                if (dead) {
                    throw new IllegalStateException("broken");
                }
            }

            @Override
            public boolean hasDead(long sinceNanos) {
                if (dead) {
                    throw new StackOverflowError("broken too");
                }
                return false;
            }
        };
        long before = Waiter.failedSweeps();
        Future<Boolean> waiting = waiting(broken);
        awaitLongSleeps(1);
        broken.dead = true;
        while (Waiter.failedSweeps() == before) {
            Thread.onSpinWait();
        }
        events.callAll();     // as the end of a long slice
        assertThatThrownBy(waiting::get).hasRootCauseMessage("broken");
        theDeadAreSweptForSleepersOf(new EventCount(word + 4, kernel));
    }

    /// The end of a slice without a call changes nothing: the announcement stands, and needs no second fence.
    @Test
    void anAnnouncementThatStandsIsFencedOnce() throws Exception {
        Future<Boolean> waiting = waiting(new Owners());
        awaitLongSleeps(1);
        for (int i = 2; i < 10; i++) {
            events.callAll();
            awaitLongSleeps(i);
        }
        assertThat(kernel.heavyFences.get()).isEqualTo(1);
        events.signal();
        awaitLongSleeps(10);
        assertThat(kernel.heavyFences.get()).isEqualTo(2);
        met.set(true);
        events.signal();
        assertThat(waiting.get()).isTrue();
    }

    /// Where no thread can be started, there is no entry, and nothing is left half done.
    @Test
    void withoutAThreadNoSleeperIsRegistered() {
        AtomicInteger tries = new AtomicInteger();
        Sweeper sweeper = new Sweeper(work -> {
            tries.incrementAndGet();
            throw new OutOfMemoryError("unable to create native thread");
        });
        for (int i = 0; i < 100; i++) {
            assertThat(sweeper.enter(events, new Owners())).isNull();
        }
        assertThat(sweeper.failures()).isPositive();
        assertThat(tries.get()).isLessThan(100);
    }

    /// The thread ends when it is not needed, and the next sleeper starts another one, which inherits nothing from it.
    @Test
    void theThreadEndsAndIsStartedAgain() throws InterruptedException {
        List<Thread> started = new ArrayList<>();
        Sweeper sweeper = new Sweeper(work -> {
            started.add(Thread.ofPlatform().daemon().unstarted(work));
            return started.getLast();
        });
        for (int i = 1; i <= 2; i++) {
            Sweeper.Sleeper one = sweeper.enter(events, new Owners());
            Sweeper.Sleeper two = sweeper.enter(events, new Owners());
            assertThat(sweeper.isWatched(one)).isTrue();
            sweeper.leave(one);
            sweeper.leave(two);
            assertThat(started).hasSize(i);
            started.getLast().join();
        }
    }
}
