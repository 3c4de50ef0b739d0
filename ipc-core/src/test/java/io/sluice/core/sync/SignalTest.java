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

/// The contract of an event, in one thread: a script plays the other threads during its sleep.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalTest {
    private static final long MILLI = 1_000_000;

    private final Area area = new Area(Signal.bytes());
    private final ScriptedParking parking = new ScriptedParking();
    private final Signal event = view();
    private final Signal other = view();

    private Signal view() {
        return new Signal("test", area.address, parking, Area.owner(1), PARK);
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        area.close();
    }

    /// Up and down, each once, and the count of rises.
    @Test
    void theFlagGoesUpAndDown() throws InterruptedException {
        assertThat(event.isSet()).isFalse();
        assertThat(event.clear()).isFalse();
        assertThat(event.set()).isTrue();
        assertThat(event.set()).isFalse();
        assertThat(other.isSet()).isTrue();
        assertThat(other.await(Waiter.FOREVER)).isTrue();
        assertThat(other.await(Waiter.deadline(0))).isTrue();
        assertThat(other.clear()).isTrue();
        assertThat(other.clear()).isFalse();
        assertThat(event.isSet()).isFalse();
        assertThat(event.await(Waiter.deadline(0))).isFalse();
        assertThat(event.set()).isTrue();
        assertThat(event.sets()).isEqualTo(2);
        assertThat(parking.wakes).isZero();
    }

    /// The flag goes up and at once down again, perhaps once more: a waiter of that time has seen it.
    @Test
    void aRiseIsNeverMissed() throws InterruptedException {
        parking.then(() -> {
            other.set();
            other.clear();
        });
        assertThat(event.await(Waiter.FOREVER)).isTrue();
        assertThat(event.isSet()).isFalse();
        parking.then(() -> {
            other.clear();
            other.set();
            other.clear();
            other.set();
            other.clear();
        });
        assertThat(event.await(Waiter.FOREVER)).isTrue();
        parking.then(() -> {}).then(other::clear).then(other::set);
        assertThat(event.await(Waiter.FOREVER)).isTrue();
        assertThat(parking.isPlayed()).isTrue();
    }

    /// A rise before the wait does not end it.
    @Test
    void anOldRiseEndsNoWait() throws InterruptedException {
        event.set();
        event.clear();
        parking.always(() -> {});
        long start = System.nanoTime();
        assertThat(event.await(start + 2 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * MILLI);
    }

    /// Before the call, although the flag is up, and during it.
    @Test
    void anInterruptIsThrown() {
        event.set();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> event.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        event.clear();
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> event.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
    }

    /// The process that raises the flag dies before it wakes the sleepers: recovery wakes them, or the next set.
    @Test
    void aDeathAfterTheRiseWakesTheRest() throws InterruptedException {
        parking.then(() -> {
            Reaper reaper = new Reaper(1, area);
            assertThat(reaper.kills(other::set)).isTrue();
            assertThat(parking.wakes).isZero();
            Signal.recover(area.address, parking);
            assertThat(parking.wakes).isEqualTo(1);
        });
        assertThat(event.await(Waiter.FOREVER)).isTrue();
        event.clear();
        parking.then(() -> {
            assertThat(new Reaper(1, area).kills(other::set)).isTrue();
            assertThat(event.set()).isFalse();
            assertThat(parking.wakes).isEqualTo(2);
        });
        assertThat(event.await(Waiter.FOREVER)).isTrue();
    }

    /// A closed view throws, also in the middle of a wait.
    @Test
    void aClosedViewThrows() {
        parking.then(event::close);
        List<Reaper.Work> calls = List.of(() -> event.await(Waiter.FOREVER), event::set, event::clear, event::isSet,
                event::sets, () -> event.await(Waiter.deadline(0)));
        for (Reaper.Work call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(ClosedException.class)
                    .hasMessage("event 'test': this handle was closed");
        }
    }
}
