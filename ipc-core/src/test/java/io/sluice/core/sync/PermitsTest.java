package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.Waiter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of a semaphore, in one thread that plays several processes.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PermitsTest {
    private static final int DEAD = 2;
    private static final long MILLI = 1_000_000;

    private final Area area = new Area(Permits.bytes());
    private final ScriptedParking parking = new ScriptedParking();

    private Permits view(int owner, int bound, boolean accounted) {
        return new Permits("test", area.address, bound, accounted, new Object(), parking, Area.owner(owner), PARK);
    }

    private Permits first(int permits, int bound) {
        Permits.format(area.address, permits);
        return view(1, bound, true);
    }

    private void die(int bound, boolean accounted) {
        Permits.recover(area.address, bound, accounted, DEAD, parking);
    }

    private static void assertCounts(Permits view, int available, int outstanding, int held) {
        assertThat(List.of(view.available(), view.outstanding(), view.held())).as("available, outstanding, held")
                .containsExactly(available, outstanding, held);
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        area.close();
    }

    /// The counts of one process: available, outstanding, held.
    @Test
    void permitsAreAcquiredAndReleased() throws InterruptedException {
        Permits mine = first(5, 5);
        assertCounts(mine, 5, 0, 0);
        assertThat(mine.tryAcquire(2)).isTrue();
        assertThat(mine.acquire(1, Waiter.deadline(0))).isTrue();
        mine.acquireUninterruptibly(1);
        assertCounts(mine, 1, 4, 4);
        assertThat(mine.tryAcquire(2)).isFalse();
        assertThat(mine.acquire(2, Waiter.deadline(-1))).isFalse();
        assertCounts(mine, 1, 4, 4);
        assertThat(mine.tryAcquire(0)).isTrue();
        mine.release(0);
        mine.release(3);
        assertCounts(mine, 4, 1, 1);
        assertThat(mine.drain()).isEqualTo(4);
        assertThat(mine.drain()).isZero();
        assertCounts(mine, 0, 5, 5);
        assertThat(mine.tryAcquire(0)).isTrue();
        mine.release(5);
        assertCounts(mine, 5, 0, 0);
        assertThat(parking.wakes).isZero();
    }

    /// Numbers that no participant can have written are not handed to a caller, who would release as many.
    @Test
    void damagedCountsAreRefused() {
        Permits mine = first(5, 5);
        assertThat(mine.tryAcquire(2)).isTrue();
        long account = PermitsLayout.account(area.address, 1);
        Memory.putLong(account + PermitsLayout.HELD, HeldWord.of(-7, -7));
        assertThatThrownBy(mine::held).isInstanceOf(CorruptObjectException.class)
                .hasMessageContaining("semaphore 'test': expected none or more permits on the account of this process,"
                        + " found -7");
        long last = Memory.getLong(area.address + PermitsLayout.LAST);
        long record = PermitsLayout.record(area.address, LastMoveWord.owner(last), LastMoveWord.number(last));
        Memory.putInt(record + PermitsLayout.OUTSTANDING, -8);
        assertThatThrownBy(mine::outstanding).isInstanceOf(CorruptObjectException.class)
                .hasMessageContaining("semaphore 'test': expected none or more permits out, found -8");
    }

    /// No operation takes a negative number.
    @Test
    void negativeNumbersAreRefused() {
        Permits mine = first(5, 5);
        List<Reaper.Work> calls = List.of(() -> mine.tryAcquire(-7), () -> mine.acquire(-7, Waiter.FOREVER),
                () -> mine.acquireUninterruptibly(-7), () -> mine.release(-7), () -> mine.handOver(-7));
        for (Reaper.Work call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("semaphore 'test': -7 permits are negative");
        }
        assertCounts(mine, 5, 0, 0);
    }

    /// The bound is exact: the acquired permits can come back, through any process, and not one more.
    @Test
    void oneMoreThanTheBoundIsRefused() {
        Permits mine = first(3, 5);
        mine.release(2);
        assertCounts(mine, 5, 0, 0);
        assertThatThrownBy(() -> mine.release(1)).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("semaphore 'test': release of 1 exceeds its bound: 5 are available and 0 are acquired;"
                        + " release what was acquired, once");
        assertThat(mine.tryAcquire(2)).isTrue();
        assertThatThrownBy(() -> mine.release(3)).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("release of 3 exceeds its bound: 3 are available and 2 are acquired");
        assertThatThrownBy(() -> mine.release(Integer.MAX_VALUE)).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("release of 2,147,483,647 exceeds");
        assertCounts(mine, 3, 2, 2);
        Permits other = view(2, 5, true);
        assertThatThrownBy(() -> other.release(3)).isExactlyInstanceOf(IllegalStateException.class);
        other.release(2);
        assertThat(mine.available()).isEqualTo(5);
        assertThatThrownBy(() -> mine.release(1)).isExactlyInstanceOf(IllegalStateException.class);
    }

    /// A semaphore without a bound is limited by the range of its numbers, and does not wrap.
    @Test
    void theLargestNumberIsABound() {
        Permits mine = first(Integer.MAX_VALUE - 1, Integer.MAX_VALUE);
        mine.release(1);
        assertThatThrownBy(() -> mine.release(1)).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(mine.drain()).isEqualTo(Integer.MAX_VALUE);
        mine.release(Integer.MAX_VALUE);
        assertCounts(mine, Integer.MAX_VALUE, 0, 0);
    }

    /// The other end: any count can be drained, so none equals the number that means a refusal.
    @Test
    void theSmallestNumberIsABound() {
        Permits mine = first(0, Integer.MAX_VALUE);
        mine.reduce(Integer.MAX_VALUE);
        assertThatThrownBy(() -> mine.reduce(1)).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(mine.available()).isEqualTo(-Integer.MAX_VALUE);
        assertThat(mine.drain()).isEqualTo(-Integer.MAX_VALUE);
        assertThat(mine.available()).isZero();
    }

    /// Handed-over permits have no owner, and another process's release leaves no debt.
    @Test
    void handedOverPermitsHaveNoOwner() {
        Permits mine = first(4, 4);
        Permits other = view(DEAD, 4, true);
        assertThat(mine.tryAcquire(3)).isTrue();
        mine.handOver(2);
        assertCounts(mine, 1, 3, 1);
        assertThatThrownBy(() -> mine.handOver(2)).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("semaphore 'test': this process holds 1 permits and cannot hand over 2");
        other.release(2);
        assertCounts(mine, 3, 1, 1);
        die(4, true);
        assertCounts(mine, 3, 1, 1);
        Permits.recover(area.address, 4, true, 1, parking);
        assertCounts(mine, 4, 0, 0);
    }

    /// Permits under way at the death of their giver are not given back: their new holder will release them.
    @Test
    void handedOverPermitsOutliveTheirGiver() {
        Permits mine = first(4, 4);
        Permits dead = view(DEAD, 4, true);
        assertThat(dead.tryAcquire(3)).isTrue();
        dead.handOver(2);
        die(4, true);
        assertCounts(mine, 2, 2, 0);
        mine.release(2);
        assertCounts(mine, 4, 0, 0);
        assertThatThrownBy(() -> mine.release(1)).isExactlyInstanceOf(IllegalStateException.class);
    }

    /// Without a hand-over: the only account that holds permits is the one that pays, and is corrected.
    @Test
    void theOnlyAccountPaysForAnothersRelease() {
        Permits mine = first(4, 4);
        Permits other = view(3, 4, true);
        assertThat(mine.tryAcquire(3)).isTrue();
        other.release(2);
        assertCounts(mine, 3, 1, 3);            // corrected at its next move
        assertThat(mine.tryAcquire(1)).isTrue();
        assertCounts(mine, 2, 2, 2);
        other.release(1);
        Permits.recover(area.address, 4, true, 1, parking);
        assertCounts(other, 4, 0, 0);
    }

    /// Without a hand-over, and with two possible accounts: permits do not multiply, and all are back when both are
    /// closed.
    @Test
    void anUnknownDebtIsPaidByTheFirstToDie() {
        Permits mine = first(6, 6);
        Permits dead = view(DEAD, 6, true);
        Permits third = view(3, 6, true);
        assertThat(mine.tryAcquire(2)).isTrue();
        assertThat(dead.tryAcquire(3)).isTrue();
        third.release(2);                       // mine, or the dead owner's: unknown
        assertCounts(third, 3, 3, 0);
        die(6, true);
        assertCounts(mine, 4, 2, 2);            // three less the debt of two
        assertThat(mine.available() + mine.outstanding()).isEqualTo(6);
        Permits.recover(area.address, 6, true, 1, parking);
        assertCounts(mine, 6, 0, 0);
    }

    /// A debt larger than the dead owner's holds: nothing comes back from them, and the rest comes back later.
    @Test
    void aDebtIsPaidByMoreThanOneDeath() {
        Permits mine = first(6, 6);
        Permits dead = view(DEAD, 6, true);
        assertThat(mine.tryAcquire(4)).isTrue();
        assertThat(dead.tryAcquire(1)).isTrue();
        view(3, 6, true).release(3);
        die(6, true);
        assertCounts(mine, 4, 2, 4);
        assertThat(mine.tryAcquire(0)).isTrue();
        assertCounts(mine, 4, 2, 2);
        Permits.recover(area.address, 6, true, 1, parking);
        assertCounts(mine, 6, 0, 0);
    }

    /// All permits of a dead process are available again, once, and sleepers are woken.
    @Test
    void aDeathGivesHeldPermitsBack() throws InterruptedException {
        Permits mine = first(3, 3);
        Permits dead = view(DEAD, 3, true);
        assertThat(dead.drain()).isEqualTo(3);
        parking.then(() -> die(3, true));
        assertThat(mine.acquire(2, Waiter.FOREVER)).isTrue();
        assertThat(parking.wakes).isPositive();
        assertCounts(mine, 1, 2, 2);
        die(3, true);
        assertCounts(mine, 1, 2, 2);
        assertThat(view(DEAD, 3, true).tryAcquire(1)).isTrue();   // its successor in the slot begins without permits
        assertCounts(view(DEAD, 3, true), 0, 3, 1);
    }

    /// Without accounts permits have no owner, and a death leaves them as they are.
    @Test
    void unaccountedPermitsStayWhereTheyAre() {
        Permits.format(area.address, 2);
        Permits mine = view(1, 3, false);
        Permits dead = view(DEAD, 3, false);
        assertThat(dead.tryAcquire(2)).isTrue();
        assertCounts(mine, 0, 0, 0);
        die(3, false);
        assertCounts(mine, 0, 0, 0);
        mine.release(3);
        assertCounts(mine, 3, 0, 0);
        assertThatThrownBy(() -> mine.release(1)).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> mine.handOver(1)).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("semaphore 'test': this process holds 0 permits and cannot hand over 1");
        mine.handOver(0);
        assertThat(mine.drain()).isEqualTo(3);
        assertCounts(mine, 0, 0, 0);
    }

    /// A wait ends with enough permits and not with fewer; a time-out does not end it early.
    @Test
    void aWaitEndsWithEnough() throws InterruptedException {
        Permits mine = first(3, 9);
        Permits other = view(3, 9, true);
        assertThat(other.tryAcquire(3)).isTrue();
        parking.then(() -> other.release(1)).then(() -> other.release(1));
        assertThat(mine.acquire(2, Waiter.FOREVER)).isTrue();
        parking.then(() -> other.release(1));
        mine.acquireUninterruptibly(1);
        assertThat(parking.isPlayed()).isTrue();
        assertCounts(mine, 0, 3, 3);
        parking.always(() -> {});
        long start = System.nanoTime();
        assertThat(mine.acquire(1, start + 2 * MILLI)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * MILLI);
    }

    /// Before or during a wait: thrown, or kept.
    @Test
    void anInterruptIsThrownOrKept() {
        Permits mine = first(1, 1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> mine.acquire(1, Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertCounts(mine, 1, 0, 0);
        mine.acquireUninterruptibly(1);
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> mine.acquire(1, Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        parking.then(() -> Thread.currentThread().interrupt()).then(() -> mine.release(1));
        mine.acquireUninterruptibly(1);
        assertThat(Thread.interrupted()).isTrue();
        assertCounts(mine, 0, 1, 1);
    }

    /// A closed view throws, also in the middle of a wait.
    @Test
    void aClosedViewThrows() {
        Permits mine = first(0, 1);
        parking.then(mine::close);
        assertThatThrownBy(() -> mine.acquire(1, Waiter.FOREVER)).isInstanceOf(ClosedException.class)
                .hasMessage("semaphore 'test': this handle was closed");
        List<Reaper.Work> calls = List.of(() -> mine.tryAcquire(1), () -> mine.acquireUninterruptibly(1), mine::drain,
                mine::available, mine::outstanding, () -> mine.handOver(0));
        for (Reaper.Work call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(ClosedException.class)
                    .hasMessage("semaphore 'test': this handle was closed");
        }
    }
}
