package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.park.Waiter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of a latch, in one thread: a script plays the other threads during its sleep.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CountdownTest {
    private static final long MILLI = 1_000_000;

    private final Area area = new Area(Countdown.bytes());
    private final ScriptedParking parking = new ScriptedParking();

    private Countdown view() {
        return new Countdown("test", area.address, parking, Area.owner(1), PARK);
    }

    private Countdown of(long count) {
        Countdown.format(area.address, count);
        return view();
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        area.close();
    }

    /// Down to zero, and not further; at zero no call waits.
    @Test
    void theCountEndsAtZero() throws InterruptedException {
        Countdown latch = of(2);
        assertThat(latch.await(Waiter.deadline(0))).isFalse();
        latch.countDown();
        assertThat(view().count()).isEqualTo(1);
        latch.countDown();
        assertThat(latch.await(Waiter.deadline(0))).isTrue();
        latch.countDown();
        assertThat(latch.count()).isZero();
        assertThat(latch.await(Waiter.FOREVER)).isTrue();
        assertThat(of(0).await(Waiter.deadline(-1))).isTrue();
        assertThat(of(Long.MAX_VALUE).count()).isEqualTo(Long.MAX_VALUE);
        assertThat(parking.wakes).isZero();
    }

    /// The last count down ends the wait; a time-out does not end it early.
    @Test
    void aWaitEndsWithTheLastCount() throws InterruptedException {
        Countdown latch = of(3);
        parking.always(() -> {});
        long start = System.nanoTime();
        assertThat(latch.await(start + 2 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * MILLI);
        Countdown other = view();
        parking.then(other::countDown).then(other::countDown).then(other::countDown);
        assertThat(latch.await(Waiter.FOREVER)).isTrue();
        assertThat(parking.isPlayed()).isTrue();
        assertThat(parking.wakes).isEqualTo(1);
    }

    /// Before the call, although the count is zero, and during it.
    @Test
    void anInterruptIsThrown() {
        Countdown latch = of(1);
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> latch.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        latch.countDown();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> latch.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    /// The last process to count down dies before it wakes the sleepers: its count is kept, and recovery wakes them.
    @Test
    void aDeathAfterTheLastCountWakesTheRest() throws InterruptedException {
        Countdown latch = of(1);
        parking.then(() -> {
            assertThat(new Reaper(1, area).kills(view()::countDown)).isTrue();
            assertThat(parking.wakes).isZero();
            Countdown.recover(area.address, parking);
            assertThat(parking.wakes).isEqualTo(1);
        });
        assertThat(latch.await(Waiter.FOREVER)).isTrue();
        assertThat(latch.count()).isZero();
    }

    /// A closed view throws, also in the middle of a wait.
    @Test
    void aClosedViewThrows() {
        Countdown latch = of(1);
        parking.then(latch::close);
        List<Reaper.Work> calls = List.of(
                () -> latch.await(Waiter.FOREVER), latch::count, latch::countDown, () -> latch.await(0));
        for (Reaper.Work call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(ClosedException.class)
                    .hasMessage("latch 'test': this handle was closed");
        }
    }
}
