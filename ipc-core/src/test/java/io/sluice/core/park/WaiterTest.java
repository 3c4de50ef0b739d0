package io.sluice.core.park;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The loop of every wait, in one thread: a script replaces the kernel, and plays the other threads.
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaiterTest {
    private final Arena arena = Arena.ofShared();
    private final long word = arena.allocate(8, 8).address();
    private final List<Long> sleeps = new ArrayList<>();
    private Runnable whileAsleep = () -> {};
    private Runnable atTheFence = () -> {};
    private Runnable atTheSweep = () -> {};
    private int sweeps;
    private boolean met;

    private final EventCount events = new EventCount(word, new Parking() {
        @Override
        public void park(long address, int expected, long nanos) {
            if (Memory.getInt(address) == expected) {
                sleeps.add(nanos);
                whileAsleep.run();
            }
        }

        @Override
        public void unpark(long address) {
            // The only thread is awake.
        }

        @Override
        public boolean unparkOne(long address) {
            return false;
        }

        @Override
        public void heavyFence() {
            atTheFence.run();
        }

        @Override
        public void fence() {
            // As above.
        }
    });

    private final Liveness liveness = new Liveness() {
        @Override
        public int self() {
            return 1;
        }

        @Override
        public void sweep() {
            sweeps++;
            atTheSweep.run();
        }
    };

    @AfterEach
    void free() {
        arena.close();
        assertThat(Thread.interrupted()).as("a flag was left").isFalse();
    }

    private Waiter waiter(WaitStrategy strategy) {
        return new Waiter(events, liveness, strategy, Wait.UNREPORTED);
    }

    private static void sleepOf(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    /// Waits until a condition is met at its nth look, which is some looks behind the usual yields.
    ///
    /// @return whether the waiter has slept
    private boolean sleepsBeforeLook(Waiter waiter, int look) throws InterruptedException {
        sleeps.clear();
        int[] looks = {0};
        assertThat(waiter.await(() -> ++looks[0] >= look, Waiter.FOREVER)).isTrue();
        return !sleeps.isEmpty();
    }

    private void sleepOnce(Waiter waiter, Runnable during) throws InterruptedException {
        met = false;
        whileAsleep = () -> {
            during.run();
            met = true;
        };
        assertThat(waiter.await(() -> met, Waiter.FOREVER)).isTrue();
        whileAsleep = () -> {};
    }

    /// Two processes that answer each other leave the rhythm in which each is woken for each message. On a busy machine
    /// a short sleep may take long, so it is repeated until one was short.
    @Test
    void afterAShortSleepTheNextWaitIsPatient() throws InterruptedException {
        Waiter waiter = waiter(WaitStrategy.ADAPTIVE);
        int look = Waiter.spins(WaitStrategy.ADAPTIVE) + Waiter.yields(WaitStrategy.ADAPTIVE) + 20;
        assertThat(sleepsBeforeLook(waiter, look)).isTrue();
        do {
            sleepOnce(waiter, () -> {});
        } while (sleepsBeforeLook(waiter, look));
        sleepOnce(waiter, () -> sleepOf(TimeUnit.MILLISECONDS.toNanos(1)));
        assertThat(sleepsBeforeLook(waiter, look)).as("a long sleep ends the patience").isTrue();
    }

    /// It sleeps almost at once, whatever came before.
    @Test
    void aWaiterThatParksIsNeverPatient() throws InterruptedException {
        Waiter waiter = waiter(WaitStrategy.PARK);
        for (int i = 0; i < 100; i++) {
            sleepOnce(waiter, () -> {});
            assertThat(sleepsBeforeLook(waiter, Waiter.spins(WaitStrategy.PARK) + 20)).isTrue();
        }
    }

    /// A condition that is met already is met, whatever the deadline and the flag.
    @ParameterizedTest
    @EnumSource
    void aConditionThatIsMetNeedsNoWait(WaitStrategy strategy) throws InterruptedException {
        Thread.currentThread().interrupt();
        assertThat(waiter(strategy).await(() -> true, System.nanoTime() - 1)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(sleeps).isEmpty();
        assertThat(Memory.getInt(word)).isZero();
    }

    /// Zero, negative and elapsed: one look, no announcement.
    @ParameterizedTest
    @EnumSource
    void aDeadlineThatIsOverIsOneLook(WaitStrategy strategy) throws InterruptedException {
        for (long timeout : new long[] {0, -1, Long.MIN_VALUE}) {
            int[] looks = {0};
            assertThat(waiter(strategy).await(() -> {
                looks[0]++;
                return false;
            }, Waiter.deadline(timeout))).isFalse();
            assertThat(looks[0]).isEqualTo(1);
        }
        assertThat(sleeps).isEmpty();
        assertThat(Memory.getInt(word)).isZero();
    }

    /// A wait lasts at least its time-out; each sleep at most a slice, the last one the remaining time.
    @ParameterizedTest
    @EnumSource
    void aWaitEndsAtItsDeadline(WaitStrategy strategy) throws InterruptedException {
        long begin = System.nanoTime();
        whileAsleep = () -> sleepOf(sleeps.getLast());
        assertThat(waiter(strategy).await(() -> false, Waiter.deadline(25_000_000))).isFalse();
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(25_000_000);
        assertThat(sleeps).allMatch(nanos -> nanos > 0 && nanos <= Waiter.SLICE_NANOS);
        assertThat(sleeps.isEmpty() || strategy != WaitStrategy.BUSY_SPIN).isTrue();
    }

    /// A time-out beyond the range of the clock is no deadline.
    @Test
    void deadlinesDoNotOverflow() {
        assertThat(Waiter.deadline(Long.MAX_VALUE)).isEqualTo(Waiter.FOREVER);
        assertThat(Waiter.deadline((Long.MAX_VALUE >> 1) + 1)).isEqualTo(Waiter.FOREVER);
        assertThat(Waiter.deadline(1_000_000_000_000L) - System.nanoTime()).isPositive();
        assertThat(Waiter.deadline(-5) - System.nanoTime()).isLessThanOrEqualTo(0);
    }

    /// The flag ends a wait before its first sleep, and is cleared.
    @ParameterizedTest
    @EnumSource
    void anInterruptBeforeTheWaitEndsIt(WaitStrategy strategy) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> waiter(strategy).await(() -> false, Waiter.FOREVER))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(sleeps).isEmpty();
    }

    /// The flag ends a sleep with its slice; a condition that was met meanwhile comes first, and the flag stays.
    @Test
    void anInterruptDuringTheSleepEndsTheWait() throws InterruptedException {
        whileAsleep = Thread.currentThread()::interrupt;
        assertThatThrownBy(() -> waiter(WaitStrategy.PARK).await(() -> false, Waiter.FOREVER))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(sleeps).hasSize(1);
        whileAsleep = () -> {
            Thread.currentThread().interrupt();
            met = true;
        };
        assertThat(waiter(WaitStrategy.PARK).await(() -> met, Waiter.FOREVER)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    /// A spinning waiter notices the flag too.
    @Test
    void anInterruptEndsASpin() {
        int[] looks = {0};
        assertThatThrownBy(() -> waiter(WaitStrategy.BUSY_SPIN).await(() -> {
            if (++looks[0] == 1000) {
                Thread.currentThread().interrupt();
            }
            return false;
        }, Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(looks[0]).isBetween(1000, 1100);
    }

    /// Met and signalled between the announcement and the last look: no sleep.
    @Test
    void aConditionMetAfterTheAnnouncementIsSeen() throws InterruptedException {
        atTheFence = () -> {
            met = true;
            events.signal();
        };
        assertThat(waiter(WaitStrategy.PARK).await(() -> met, Waiter.FOREVER)).isTrue();
        assertThat(sleeps).isEmpty();
    }

    /// Met and signalled between the last look and the sleep: the word has moved, and the kernel refuses.
    @Test
    void aConditionMetAfterTheLastLookIsSeen() throws InterruptedException {
        boolean[] announced = {false};
        atTheFence = () -> announced[0] = true;
        assertThat(waiter(WaitStrategy.PARK).await(() -> {
            boolean now = met;
            if (announced[0] && !met) {
                met = true;
                events.signal();
            }
            return now;
        }, Waiter.FOREVER)).isTrue();
        assertThat(sleeps).isEmpty();
    }

    /// After a spurious wake-up the waiter announces itself again, since the signal has cleared the bit, and sleeps
    /// again.
    @Test
    void aSpuriousWakeUpIsSleptOver() throws InterruptedException {
        whileAsleep = () -> {
            assertThat(events.isAwaited()).isTrue();
            events.signal();
            met = sleeps.size() == 5;
        };
        assertThat(waiter(WaitStrategy.PARK).await(() -> met, Waiter.FOREVER)).isTrue();
        assertThat(sleeps).hasSize(5).containsOnly(Waiter.SLICE_NANOS);
        assertThat(sweeps).isZero();
    }

    /// After a slice the waiter itself gives back a dead owner's holds, whether it sleeps or spins.
    @ParameterizedTest
    @EnumSource
    void aWaiterSweepsAfterASlice(WaitStrategy strategy) throws InterruptedException {
        long begin = System.nanoTime();
        whileAsleep = () -> sleepOf(sleeps.getLast());
        atTheSweep = () -> met = true;
        assertThat(waiter(strategy).await(() -> met, Waiter.FOREVER)).isTrue();
        assertThat(sweeps).isEqualTo(1);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Waiter.SLICE_NANOS);
    }

    /// PARK looks a few times and sleeps; ADAPTIVE looks some hundred times first.
    @Test
    void strategiesDifferInHowOftenTheyLook() throws InterruptedException {
        int[] looks = {0};
        whileAsleep = () -> met = true;
        for (WaitStrategy strategy : new WaitStrategy[] {WaitStrategy.PARK, WaitStrategy.ADAPTIVE}) {
            met = false;
            looks[0] = 0;
            assertThat(waiter(strategy).await(() -> {
                looks[0]++;
                return met;
            }, Waiter.FOREVER)).isTrue();
            assertThat(looks[0]).isEqualTo(1 + Waiter.spins(strategy) + Waiter.yields(strategy) + 2);
        }
        assertThat(sleeps).hasSize(2);
    }
}
