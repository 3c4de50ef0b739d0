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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a latch promises to threads of this and of another process.
class SharedCountDownLatchTest extends HandleTest {
    private static Job<Boolean> waiter(String home, long count) {
        return desk -> {
            desk.tellWhenWaiting();
            return desk.space(home).countDownLatch("l", count).await(1, TimeUnit.DAYS);
        };
    }

    /// Waits end with the last count down, not before, wherever they and it are.
    @ParameterizedTest
    @EnumSource(Other.class)
    void waitsEndWhenNothingIsLeft(Other other) throws InterruptedException {
        String home = root;
        SharedCountDownLatch latch = space.countDownLatch("l", 4);
        Party party = party(other);
        List<Reply<Boolean>> waiting = List.of(party.start(waiter(home, 4)).awaitWaiting(),
                threads().start(waiter(home, 4)).awaitWaiting());
        for (int left = 4; left > 0; left -= 2) {
            assertThat(latch.getCount()).isEqualTo(left);
            assertThat(latch).hasToString("SharedCountDownLatch[l, %d to go]".formatted(left));
            assertThat(waiting).noneMatch(Reply::isDone);
            latch.countDown();
            party.call(desk -> {
                desk.space(home).countDownLatch("l", 4).countDown();
                return null;
            });
        }
        assertThat(waiting).allMatch(Reply::get);
        latch.await();
        assertThat(latch.await(-1, TimeUnit.DAYS)).isTrue();
        latch.countDown();
        assertThat(latch.getCount()).isZero();
    }

    /// Counts from two processes at once are all counted.
    @Test
    void noCountIsLost() throws InterruptedException {
        String home = root;
        SharedCountDownLatch latch = space.countDownLatch("l", 40_000);
        Job<Object> count = desk -> {
            SharedCountDownLatch there = desk.space(home).countDownLatch("l", 40_000);
            for (int i = 0; i < 10_000; i++) {
                there.countDown();
            }
            return null;
        };
        List<Reply<Object>> counting =
                List.of(peer().start(count), threads().start(count), peer().start(count), threads().start(count));
        assertThat(latch.await(1, TimeUnit.DAYS)).isTrue();
        counting.forEach(Reply::get);
        assertThat(latch.getCount()).isZero();
    }

    /// Impossible counts, other kinds and other counts are refused; with a count of zero no thread waits.
    @Test
    void whatCannotBeIsRefused() throws InterruptedException {
        assertThatThrownBy(() -> space.countDownLatch("l", -1))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("latch 'l': a count of -1 is negative");
        space.countDownLatch("l", 0).await();
        assertThatThrownBy(() -> space.countDownLatch("l", 1))
                .isInstanceOf(MismatchException.class).hasMessageContaining("count: expected 1, found 0");
    }

    /// Time-outs are floors, interrupts end the wait.
    @Test
    void timeOutsAndInterruptsEndTheWait() throws InterruptedException {
        SharedCountDownLatch latch = space.countDownLatch("l", Long.MAX_VALUE);
        assertThat(latch.await(0, TimeUnit.DAYS)).isFalse();
        assertThat(latch.await(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        long start = System.nanoTime();
        assertThat(latch.await(30, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
        Reply<Boolean> waiting = threads().start(waiter(root, Long.MAX_VALUE)).awaitWaiting();
        waiting.interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(latch::await).isInstanceOf(InterruptedException.class);
    }

    /// Killed after it has counted down and before it has woken the others, a process has counted.
    @Test
    void aProcessKilledAfterCountingHasCounted() {
        String home = root;
        Reply<Boolean> waiting = threads().start(waiter(home, 1)).awaitWaiting();
        Peer dying = sandbox.peer();
        dying.dieAt(CrashPoint.LATCH_WORD_SET, 1);
        dying.start(desk -> {
            desk.space(home).countDownLatch("l", 1).countDown();
            return null;
        });
        dying.awaitSelfKill();
        assertThat(waiting.get()).isTrue();
    }

    /// A handle travels; a close ends its waits, and afterwards every method refuses.
    @Test
    void aHandleTravelsAndEnds() {
        SharedCountDownLatch latch = space.countDownLatch("l", 2);
        peer().call(desk -> {
            try (SharedCountDownLatch arrived = latch) {
                arrived.countDown();
            }
            return null;
        });
        assertThat(latch.getCount()).isEqualTo(1);
        Reply<Object> waiting = threads().<Object>start(desk -> {
            desk.tellWhenWaiting();
            latch.await();
            return null;
        }).awaitWaiting();
        latch.close();
        latch.close();
        assertThat(waiting.failure())
                .isInstanceOf(ClosedException.class).hasMessage("latch 'l': this handle was closed");
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                latch::countDown, latch::getCount, latch::await, () -> latch.await(0, TimeUnit.DAYS))) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class).hasMessage("latch 'l': this handle was closed");
        }
        assertThat(latch).hasToString("SharedCountDownLatch[l, closed]");
        assertThat(space.countDownLatch("l", 2).getCount()).isEqualTo(1);
    }

    /// Counting and looking allocates nothing.
    @Test
    void aCountCostsNoAllocation() {
        SharedCountDownLatch latch = space.countDownLatch("l", Long.MAX_VALUE);
        long[] sum = new long[1];
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            latch.countDown();
            sum[0] += latch.getCount();
        })).isZero();
    }
}
