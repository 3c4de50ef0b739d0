package io.sluice.shm.barrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Party;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.value.SharedLong;
import java.io.NotSerializableException;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a barrier promises to threads of this and of another process.
class SharedBarrierTest extends HandleTest {
    private static Job<Integer> waiter(String home, int parties) {
        return desk -> {
            desk.tellWhenWaiting();
            return desk.space(home).barrier("b", parties).await();
        };
    }

    /// Parties meet again and again: no party is a round ahead, the action runs once for each round, before any party
    /// goes on, and each index is given once.
    @ParameterizedTest
    @EnumSource(Other.class)
    void partiesMeetInEachRound(Other other) {
        String home = root;
        int rounds = 200;
        SharedLong actions = space.longValue("actions", 0);
        SharedLong indices = space.longValue("indices", 0);
        Job<Boolean> meet = desk -> {
            SharedLong count = desk.space(home).longValue("actions", 0);
            SharedLong sum = desk.space(home).longValue("indices", 0);
            SharedBarrier barrier = desk.space(home).barrier("b", 3, count::incrementAndGet);
            boolean together = true;
            for (int round = 1; round <= rounds; round++) {
                sum.getAndAdd(barrier.await());
                together &= count.get() == round;
                sum.getAndAdd(barrier.await(1, TimeUnit.DAYS));
                together &= count.get() == ++round;
            }
            return together;
        };
        Party there = party(other);
        List<Reply<Boolean>> replies = List.of(there.start(meet), there.start(meet), threads().start(meet));
        assertThat(replies).allMatch(Reply::get);
        assertThat(actions.get()).isEqualTo(rounds);
        assertThat(indices.get()).isEqualTo(3L * rounds);
        SharedBarrier barrier = space.barrier("b", 3);
        assertThat(barrier.isBroken()).isFalse();
        assertThat(barrier).hasToString("SharedBarrier[b, whole, 0 of 3 wait, generation 200]");
    }

    /// The first of three to arrive gets 2, the last 0; how many wait can be seen.
    @Test
    void indicesCountDown() throws Exception {
        SharedBarrier barrier = space.barrier("b", 3);
        assertThat(barrier.getParties()).isEqualTo(3);
        Reply<Integer> first = threads().start(waiter(root, 3)).awaitWaiting();
        assertThat(barrier.getNumberWaiting()).isEqualTo(1);
        Reply<Integer> second = peer().start(waiter(root, 3)).awaitWaiting();
        assertThat(barrier.getNumberWaiting()).isEqualTo(2);
        assertThat(barrier).hasToString("SharedBarrier[b, whole, 2 of 3 wait, generation 0]");
        assertThat(barrier.await(0, TimeUnit.SECONDS)).isZero();    // the last party waits for no other
        assertThat(first.get()).isEqualTo(2);
        assertThat(second.get()).isEqualTo(1);
        assertThat(space.barrier("alone", 1).await()).isZero();
    }

    /// Refused are zero, which Python accepts, too many parties, and another number than the barrier was created with.
    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536, Integer.MIN_VALUE})
    void impossibleNumbersOfPartiesAreRefused(int parties) {
        assertThatThrownBy(() -> space.barrier("b", parties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("barrier 'b': %,d parties is not between 1 and 65,535".formatted(parties));
        space.barrier("b", 2);
        assertThatThrownBy(() -> space.barrier("b", 3))
                .isInstanceOf(MismatchException.class).hasMessageContaining("parties: expected 3, found 2");
    }

    /// A party whose time is up gets a time-out, the other parties a broken barrier, and a reset repairs it.
    @ParameterizedTest
    @ValueSource(longs = {30, 0, -1})
    void aTimeOutBreaksTheBarrier(long millis) throws Exception {
        SharedBarrier barrier = space.barrier("b", 3);
        Reply<Integer> other = peer().start(waiter(root, 3)).awaitWaiting();
        long start = System.nanoTime();
        assertThatThrownBy(() -> barrier.await(millis, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("barrier 'b': timed out before all 3 parties had arrived");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
        assertBroken(other.failure(), "a party timed out");
        assertThat(barrier.isBroken()).isTrue();
        assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class);
        assertThat(barrier.toString()).contains("broken, 0 of 3 wait");
        assertUsableAfterReset(barrier);
    }

    private static void assertBroken(Throwable failure, String why) {
        assertThat(failure)
                .isInstanceOf(BrokenBarrierException.class)
                .hasMessageStartingWith("barrier 'b' is broken: " + why + " (")
                .hasMessageEndingWith("); reset() makes it usable again");
    }

    private void assertUsableAfterReset(SharedBarrier barrier) throws Exception {
        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
        List<Reply<Integer>> others = List.of(threads().start(waiter(root, 3)), peer().start(waiter(root, 3)));
        int sum = barrier.await();
        for (Reply<Integer> other : others) {
            sum += other.get();
        }
        assertThat(sum).isEqualTo(3);
    }

    /// An interrupted party breaks the barrier for all, also if it was interrupted before.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptBreaksTheBarrier(boolean before) throws Exception {
        SharedBarrier barrier = space.barrier("b", 3);
        Reply<Integer> other = peer().start(waiter(root, 3)).awaitWaiting();
        if (before) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(barrier::await).isInstanceOf(InterruptedException.class);
        } else {
            Reply<Integer> interrupted = threads().start(waiter(root, 3)).awaitWaiting();
            interrupted.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        }
        assertBroken(other.failure(), "a party was interrupted");
        assertUsableAfterReset(barrier);
    }

    /// A reset ends the waits, and leaves a whole barrier.
    @Test
    void aResetEndsTheWaits() throws Exception {
        SharedBarrier barrier = space.barrier("b", 3);
        List<Reply<Integer>> waiting = List.of(
                peer().start(waiter(root, 3)).awaitWaiting(), threads().start(waiter(root, 3)).awaitWaiting());
        barrier.reset();
        waiting.forEach(each -> assertThat(each.failure()).isInstanceOf(BrokenBarrierException.class)
                .hasMessageStartingWith("barrier 'b' was reset by owner "));
        assertUsableAfterReset(barrier);
        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
    }

    /// An action that throws does so in the last to arrive, and breaks the barrier for the others.
    @Test
    void anActionThatFailsBreaksTheBarrier() {
        SharedBarrier barrier = space.barrier("b", 2, () -> {
            throw new IllegalStateException("no action");
        });
        Reply<Integer> other = peer().start(waiter(root, 2)).awaitWaiting();
        assertThatThrownBy(barrier::await).isInstanceOf(IllegalStateException.class).hasMessage("no action");
        assertBroken(other.failure(), "the action failed");
        assertThat(barrier.isBroken()).isTrue();
    }

    /// A party that is killed while it waits breaks the barrier, and the others learn which one it was.
    @Test
    void theDeathOfAWaitingPartyBreaksTheBarrier() throws Exception {
        SharedBarrier barrier = space.barrier("b", 3);
        Peer dying = sandbox.peer();
        dying.start(waiter(root, 3)).awaitWaiting();
        Reply<Integer> here = threads().start(waiter(root, 3)).awaitWaiting();
        dying.close();
        assertBroken(here.failure(), "a party died");
        assertThatThrownBy(barrier::await)
                .isInstanceOf(BrokenBarrierException.class)
                .hasMessage("barrier 'b' is broken: a party died (process %d); reset() makes it usable again"
                        .formatted(dying.pid()));
        assertUsableAfterReset(barrier);
    }

    /// The same for one that has the barrier open and has not arrived; one that has closed it breaks nothing.
    @Test
    void theDeathOfAPartyOnItsWayBreaksTheBarrier() {
        String home = root;
        Peer gone = sandbox.peer();
        Peer dying = sandbox.peer();
        gone.call(desk -> {
            desk.space(home).barrier("b", 3).close();
            return null;
        });
        dying.call(desk -> desk.space(home).barrier("b", 3).getParties());
        Reply<Integer> here = threads().start(waiter(home, 3)).awaitWaiting();
        gone.close();
        space.sweep();
        assertThat(here.isDone()).isFalse();
        dying.close();
        assertThat(here.failure())
                .isInstanceOf(BrokenBarrierException.class)
                .hasMessage("barrier 'b' is broken: a party died (process %d); reset() makes it usable again"
                        .formatted(dying.pid()));
    }

    /// The last party is killed when all have arrived, before or after it has written the outcome: no other party waits
    /// for it. They pass the barrier, or get its death as the reason.
    @ParameterizedTest
    @EnumSource(value = CrashPoint.class, names = {"BARRIER_FULL", "BARRIER_DECIDED", "BARRIER_ADVANCED"})
    void theDeathOfTheLastPartyLeavesNoPartyWaiting(CrashPoint point) {
        String home = root;
        Reply<Integer> here = threads().start(waiter(home, 2)).awaitWaiting();
        Peer dying = sandbox.peer();
        dying.dieAt(point, 1);
        dying.start(waiter(home, 2));
        dying.awaitSelfKill();
        if (point == CrashPoint.BARRIER_FULL) {
            assertBroken(here.failure(), "a party died");
        } else {
            assertThat(here.get()).isEqualTo(1);
        }
        space.sweep();
        SharedBarrier barrier = space.barrier("b", 2);
        assertThat(barrier.isBroken()).isTrue();
        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
    }

    /// A party that closes its handle while it waits gets an exception, and the others a broken barrier; then every
    /// method refuses.
    @Test
    void aCloseOfAWaitingPartyBreaksTheBarrier() {
        SharedBarrier barrier = space.barrier("b", 3);
        Reply<Integer> there = peer().start(waiter(root, 3)).awaitWaiting();
        Reply<Integer> here = threads().<Integer>start(desk -> {
            desk.tellWhenWaiting();
            return barrier.await();
        }).awaitWaiting();
        barrier.close();
        barrier.close();
        assertThat(here.failure())
                .isInstanceOf(ClosedException.class).hasMessage("barrier 'b': this handle was closed");
        assertBroken(there.failure(), "a party closed its handle");
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                barrier::await, () -> barrier.await(0, TimeUnit.DAYS), barrier::reset, barrier::isBroken,
                barrier::getNumberWaiting)) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class).hasMessage("barrier 'b': this handle was closed");
        }
        assertThat(barrier.getParties()).isEqualTo(3);
        assertThat(barrier).hasToString("SharedBarrier[b, closed]");
    }

    /// A handle travels with its action, which is a plain lambda; one whose action cannot travel is refused.
    @Test
    void aHandleTravelsWithItsAction() {
        SharedLong actions = space.longValue("actions", 0);
        SharedBarrier barrier = space.barrier("b", 2, actions::incrementAndGet);
        Reply<Integer> here = threads().<Integer>start(desk -> {
            desk.tellWhenWaiting();
            return barrier.await();
        }).awaitWaiting();
        assertThat(peer().<Integer>call(desk -> {
            try (SharedBarrier arrived = barrier) {
                return arrived.await();
            }
        })).isZero();
        assertThat(here.get()).isEqualTo(1);
        assertThat(actions.get()).isEqualTo(1);
        Object cannotTravel = new Object();
        SharedBarrier refused = space.barrier("c", 2, () -> System.identityHashCode(cannotTravel));
        assertThatThrownBy(() -> travelled(refused)).hasRootCauseInstanceOf(NotSerializableException.class)
                .hasMessageContaining("java.lang.Object");
    }

    /// An abort ends the waits, and refuses later arrivals, until a reset; on a broken barrier it changes nothing.
    @Test
    void anAbortBreaksTheBarrier() throws Exception {
        SharedBarrier barrier = space.barrier("b", 3);
        List<Reply<Integer>> waiting = List.of(
                peer().start(waiter(root, 3)).awaitWaiting(), threads().start(waiter(root, 3)).awaitWaiting());
        barrier.abort();
        waiting.forEach(each -> assertBroken(each.failure(), "a party aborted it"));
        assertThat(barrier.isBroken()).isTrue();
        barrier.abort();
        assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class)
                .hasMessageContaining("a party aborted it");
        assertUsableAfterReset(barrier);
        barrier.abort();                 // no party waits, and it is broken all the same
        assertThat(barrier.isBroken()).isTrue();
        assertUsableAfterReset(barrier);
        barrier.close();
        assertThatThrownBy(barrier::abort)
                .isInstanceOf(ClosedException.class).hasMessage("barrier 'b': this handle was closed");
    }
}
