package io.sluice.shm.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.memory.AllocationMeter;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Party;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an event promises to threads of this and of another process.
class SharedEventTest extends HandleTest {
    private static Job<Boolean> waiter(String home) {
        return desk -> {
            desk.tellWhenWaiting();
            return desk.space(home).event("e").await(1, TimeUnit.DAYS);
        };
    }

    /// All threads that wait when the flag is set are released, though it is cleared before they can read it.
    @ParameterizedTest
    @EnumSource(Other.class)
    void aSetIsNotMissedThoughItIsClearedAtOnce(Other other) {
        SharedEvent event = space.event("e");
        Party party = party(other);
        for (int round = 1; round <= 10; round++) {
            List<Reply<Boolean>> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(party.start(waiter(root)));
            }
            waiting.forEach(Reply::awaitWaiting);
            event.set();
            event.clear();
            assertThat(waiting).allMatch(Reply::get);
            assertThat(event.isSet()).isFalse();
            assertThat(event.sets()).isEqualTo(round);
        }
    }

    /// While the flag is set no thread waits; setting it twice is the same as once, and so is clearing it.
    @Test
    void whileTheFlagIsSetNoThreadWaits() throws InterruptedException {
        String home = root;
        SharedEvent event = space.event("e");
        assertThat(event).hasToString("SharedEvent[e, not set, raised 0 times]");
        assertThat(event.await(0, TimeUnit.DAYS)).isFalse();
        assertThat(event.await(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        peer().call(desk -> {
            desk.space(home).event("e").set();
            desk.space(home).event("e").set();
            return null;
        });
        event.await();
        assertThat(event.await(-1, TimeUnit.DAYS)).isTrue();
        assertThat(event.isSet()).isTrue();
        assertThat(event).hasToString("SharedEvent[e, set, raised 1 times]");
        event.clear();
        event.clear();
        assertThat(event.isSet()).isFalse();
        assertThat(event.sets()).isEqualTo(1);
        long start = System.nanoTime();
        assertThat(event.await(30, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
    }

    /// An interrupt ends a wait, also a pending one, also if the flag is set.
    @Test
    void anInterruptEndsTheWait() {
        SharedEvent event = space.event("e");
        Reply<Boolean> waiting = threads().start(waiter(root)).awaitWaiting();
        waiting.interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        event.set();
        for (ThrowingCallable wait : List.<ThrowingCallable>of(event::await, () -> event.await(0, TimeUnit.DAYS))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(wait).isInstanceOf(InterruptedException.class);
        }
    }

    /// A process that is killed between setting the flag and waking the waiters has set it, and they wake.
    @Test
    void aProcessKilledAfterSettingTheFlagHasSetIt() {
        String home = root;
        SharedEvent event = space.event("e");
        Reply<Boolean> waiting = threads().start(waiter(home)).awaitWaiting();
        Peer dying = sandbox.peer();
        dying.start(waiter(home)).awaitWaiting();        // a dead waiter delays no other
        dying.dieAt(CrashPoint.EVENT_WORD_SET, 1);
        dying.start(desk -> {
            desk.space(home).event("e").set();
            return null;
        });
        dying.awaitSelfKill();
        assertThat(waiting.get()).isTrue();
        assertThat(event.isSet()).isTrue();
    }

    /// A handle travels; a close ends its waits, and afterwards every method refuses.
    @Test
    void aHandleTravelsAndEnds() {
        SharedEvent event = space.event("e");
        Reply<Boolean> waiting = threads().<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            return event.await(1, TimeUnit.DAYS);
        }).awaitWaiting();
        peer().call(desk -> {
            try (SharedEvent arrived = event) {
                arrived.set();
            }
            return null;
        });
        assertThat(waiting.get()).isTrue();
        event.clear();
        Reply<Boolean> refused = threads().<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            event.await();
            return true;
        }).awaitWaiting();
        event.close();
        event.close();
        assertThat(refused.failure())
                .isInstanceOf(ClosedException.class).hasMessage("event 'e': this handle was closed");
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                event::set, event::clear, event::isSet, event::sets, event::await,
                () -> event.await(0, TimeUnit.DAYS))) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class).hasMessage("event 'e': this handle was closed");
        }
        assertThat(event).hasToString("SharedEvent[e, closed]");
        assertThat(space.event("e").isSet()).isFalse();
        assertThatThrownBy(() -> space.countDownLatch("e", 1))
                .isInstanceOf(MismatchException.class).hasMessageContaining("kind: expected LATCH, found EVENT");
        sandbox.leaveNothing();
    }

    /// Setting, clearing and looking allocates nothing.
    @Test
    void aFlagCostsNoAllocation() {
        SharedEvent event = space.event("e");
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            event.set();
            if (event.isSet()) {
                event.clear();
            }
        })).isZero();
    }
}
