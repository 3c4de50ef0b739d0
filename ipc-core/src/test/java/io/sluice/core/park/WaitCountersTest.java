package io.sluice.core.park;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.WaitCounters;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What waits leave in the counters of an object: in one thread, with a script instead of the kernel.
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitCountersTest {
    private static final long SLEEP_NANOS = 2_000_000;

    private final Arena arena = Arena.ofShared();
    private final long area = arena.allocate(WaitCounters.BYTES, 128).address();
    private final long room = WaitCounters.block(area, WaitCounters.ROOM);
    private final EventCount events = new EventCount(arena.allocate(8, 8).address(), new Parking() {
        @Override
        public void park(long address, int expected, long nanos) {
            long end = System.nanoTime() + Math.min(nanos, SLEEP_NANOS);
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            sleeps++;
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
            // One thread.
        }

        @Override
        public void fence() {
            // One thread.
        }
    });
    private int sleeps;

    @AfterEach
    void free() {
        arena.close();
    }

    private Waiter waiter(WaitStrategy strategy, Wait what) {
        return new Waiter(events, new Liveness() {
            @Override
            public int self() {
                return 1;
            }

            @Override
            public void sweep() {
                // No owner dies.
            }

            @Override
            public long counters() {
                return area;
            }
        }, strategy, what);
    }

    /// All that was counted, anywhere.
    private long sum() {
        long sum = 0;
        for (int at = 0; at < WaitCounters.BYTES; at += Long.BYTES) {
            sum += Memory.getLong(area + at);
        }
        return sum;
    }

    /// What is there at once, within the first spins, or not asked for: no word changes.
    @ParameterizedTest
    @EnumSource
    void aShortWaitIsNotCounted(WaitStrategy strategy) throws InterruptedException {
        Waiter waiter = waiter(strategy, Wait.ROOM);
        assertThat(waiter.await(() -> true, Waiter.FOREVER)).isTrue();
        assertThat(waiter.await(() -> false, Waiter.deadline(0))).isFalse();
        int[] looks = {0};
        assertThat(waiter.awaitRound(() -> looks[0]++ == Waiter.spins(strategy), Waiter.FOREVER, true))
                .isEqualTo(Waiter.MET);
        assertThat(sum()).isZero();
    }

    /// One wait, its time, and each wake-up, in the block of its reason alone.
    @Test
    void aWaitThatSleepsIsCounted() throws InterruptedException {
        long begin = System.nanoTime();
        assertThat(waiter(WaitStrategy.PARK, Wait.ROOM).await(() -> sleeps == 3, Waiter.FOREVER)).isTrue();
        long end = System.nanoTime();
        assertThat(WaitCounters.waits(room)).isEqualTo(1);
        assertThat(WaitCounters.wakeUps(room)).isEqualTo(3);
        assertThat(WaitCounters.blockedNanos(room)).isBetween(3 * SLEEP_NANOS, end - begin);
        assertThat(WaitCounters.lastNanos(room)).isBetween(begin + 2 * SLEEP_NANOS, end);
        assertThat(sum()).isEqualTo(4 + WaitCounters.blockedNanos(room) + WaitCounters.lastNanos(room));
    }

    /// The time of a wait that lasts is there before its end: it is added after each sleep.
    @Test
    void aWaitThatLastsShows() throws InterruptedException {
        long[] seen = {0};
        assertThat(waiter(WaitStrategy.PARK, Wait.MESSAGE).await(() -> {
            if (sleeps == 2 && seen[0] == 0) {
                seen[0] = WaitCounters.blockedNanos(WaitCounters.block(area, WaitCounters.MESSAGE));
            }
            return sleeps == 3;
        }, Waiter.FOREVER)).isTrue();
        assertThat(seen[0]).isGreaterThanOrEqualTo(SLEEP_NANOS);
        assertThat(WaitCounters.blockedNanos(room)).isZero();
    }

    /// A time-out and an interrupt end a wait that has been counted.
    @Test
    void aWaitThatFailsIsCountedToo() throws InterruptedException {
        Waiter waiter = waiter(WaitStrategy.ADAPTIVE, Wait.ROOM);
        assertThat(waiter.await(() -> false, Waiter.deadline(3_000_000))).isFalse();
        long blocked = WaitCounters.blockedNanos(room);
        assertThat(blocked).isPositive();
        int before = sleeps;
        assertThatThrownBy(() -> waiter.await(() -> {
            if (sleeps > before) {
                Thread.currentThread().interrupt();
            }
            return false;
        }, Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(WaitCounters.waits(room)).isEqualTo(2);
        assertThat(WaitCounters.blockedNanos(room)).isGreaterThan(blocked);
    }

    /// A thread that spins to the end never sleeps.
    @Test
    void aWaitThatSpinsIsCountedWithoutWakeUps() throws InterruptedException {
        assertThat(waiter(WaitStrategy.BUSY_SPIN, Wait.ROOM).await(() -> false, Waiter.deadline(SLEEP_NANOS))).isFalse();
        assertThat(WaitCounters.waits(room)).isEqualTo(1);
        assertThat(WaitCounters.wakeUps(room)).isZero();
        assertThat(WaitCounters.blockedNanos(room)).isPositive();
    }

    /// A spinning wait that lasts shows as well.
    @Test
    void aSpinThatLastsShows() throws InterruptedException {
        assertThat(waiter(WaitStrategy.BUSY_SPIN, Wait.ROOM).await(
                () -> WaitCounters.blockedNanos(room) >= Waiter.SLICE_NANOS, Waiter.deadline(10_000_000_000L))).isTrue();
    }

    /// A wait that keeps an interrupt for later is one wait, also if the interrupt came before it.
    @Test
    void anInterruptIsNoReasonNotToCount() {
        Thread.currentThread().interrupt();
        assertThat(waiter(WaitStrategy.PARK, Wait.ROOM).awaitUninterruptibly(() -> sleeps == 2, Waiter.FOREVER)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(WaitCounters.waits(room)).isEqualTo(1);
    }

    /// The rounds of one wait are one wait.
    @Test
    void aCallerMayCountSeveralRoundsAsOne() throws InterruptedException {
        Waiter waiter = waiter(WaitStrategy.PARK, Wait.LOCK_ROUND);
        long lock = WaitCounters.block(area, WaitCounters.LOCK);
        assertThat(waiter.awaitRound(() -> false, Waiter.deadline(1_000_000), true)).isEqualTo(Waiter.OUTLASTED);
        assertThat(waiter.awaitRound(() -> sleeps > 1, Waiter.FOREVER, false)).isEqualTo(Waiter.OUTLASTED + Waiter.MET);
        assertThat(WaitCounters.waits(lock)).isEqualTo(1);
        assertThat(WaitCounters.wakeUps(lock)).isGreaterThan(1);
    }

    /// Every reason has a block of its own, but for those that share the last one.
    @Test
    void everyReasonIsCountedInTheArea() {
        for (Wait what : Wait.values()) {
            long block = WaitCounters.block(area, what.counted());
            assertThat(block == 0).isEqualTo(what == Wait.UNREPORTED);
            assertThat(block == 0 || (block >= area + 128 && block + 128 <= area + WaitCounters.BYTES)).isTrue();
        }
        assertThat(WaitCounters.block(0, WaitCounters.ROOM)).isZero();
    }
}
